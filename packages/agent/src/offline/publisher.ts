import { z } from "zod";
import type { Conversation, Turn } from "./conversation.js";

const Published = z.object({
  article_id: z.string(),
  url: z.string(),
  to_cite: z.array(z.object({ article_id: z.string(), title: z.string(), context: z.string() })),
});

/** A publisher's task. */
export function publishTask(draft: string): string {
  return `Draft: ${draft}\nPublish this checked draft to the Choir knowledge base, then cite every Choir article that it uses.`;
}

/** Publishes once, cites what the draft uses, reports. */
export function publish(conversation: Conversation): Turn {
  const draft = /^Draft: (\S+)$/m.exec(conversation.request)?.[1] ?? `${conversation.folder}/draft.md`;
  const answer = conversation.answer("publish");
  if (answer === undefined) {
    return {
      text: "I publish the draft.",
      calls: [conversation.call("publish", "publish_to_choir", { filepath: draft })],
    };
  }
  const published = parse(answer.text);
  if (published === undefined) return { text: `NOT PUBLISHED: ${answer.text}`, calls: [] };
  if (published.to_cite.length > 0 && conversation.answers("cite").length === 0) {
    return {
      text: `I cite ${published.to_cite.length === 1 ? "the article" : "the articles"} that the report uses.`,
      calls: published.to_cite.map(({ article_id, context }, index) =>
        conversation.call(`cite${index + 1}`, "cite_article", { article_id, context }),
      ),
    };
  }
  const cited = conversation.answers("cite").filter((cite) => cite.ok).length;
  return { text: `PUBLISHED: ${published.article_id} at ${published.url}; ${cited} Choir articles cited.`, calls: [] };
}

function parse(text: string): z.infer<typeof Published> | undefined {
  try {
    return Published.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
