import { REQUIRED_RATE } from "@vibewriter/evidence";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { CiteArguments } from "../policy/arguments.js";
import { citeArticle } from "../publishing/cite.js";
import { publishDraft } from "../publishing/publish.js";
import type { ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";
import { checkDraft } from "../verification/check-draft.js";
import type { GraphRest } from "./graph.js";
import type { ApprovalQuestion } from "./record.js";

/**
 * Publishes a person's own draft: the same check, the same gate and the same approval as an agent's, without an agent. The draft cites the
 * given sources by id: S1 is the first one.
 */
export async function publishOwnDraft(context: ToolContext, draft: string, emit: EmitEvent): Promise<GraphRest> {
  const filepath = `${context.workspace.folder}/draft.md`;
  await context.workspace.write(filepath, draft);
  const verification = await checkDraft(context, draft);
  await context.verifications.put(filepath, draft, verification);
  const { total, supported, rate } = verification.citations;
  const data = { level: "info" as const, text: `${supported} of ${total} citations are supported by their sources.` };
  await emit({ type: "log", data }, `check.${verification.draftSha256}`);
  try {
    const published = await publishDraft(context, filepath, askLater);
    for (const { articleId, context: said } of published.toCite) {
      await citeUnlessRefused(context, { article_id: articleId, context: said });
    }
    return { state: "ended", lastWords: `Published as article ${published.articleId}.`, heard: 1 };
  } catch (error) {
    if (error instanceof Asked) return { state: "waiting", questions: [error.question], heard: 1 };
    if (!(error instanceof Refusal)) throw error;
    const failing = verification.sentences.find((sentence) => sentence.verdict !== "supported");
    const example = failing !== undefined && rate < REQUIRED_RATE ? ` The first that fails: “${failing.text}”.` : "";
    return { state: "ended", lastWords: `${error.message}${example}`, heard: 1 };
  }
}

/** A person is asked, and this is done again when there is an answer. */
class Asked extends Error {
  readonly question: ApprovalQuestion;

  constructor(question: ApprovalQuestion) {
    super(question.question);
    this.question = question;
  }
}

function askLater(question: ApprovalQuestion): never {
  throw new Asked(question);
}

/** What a person or the policy does not want cited is left out. */
async function citeUnlessRefused(context: ToolContext, args: CiteArguments): Promise<void> {
  try {
    await citeArticle(context, args, askLater);
  } catch (error) {
    if (!(error instanceof Refusal) || !["rejected", "denied"].includes(error.code)) throw error;
  }
}
