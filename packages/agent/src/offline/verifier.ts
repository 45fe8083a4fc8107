import { z } from "zod";
import type { Conversation, Turn } from "./conversation.js";

const Report = z.object({
  rate: z.number(),
  total: z.number(),
  supported: z.number(),
  failing: z.array(z.object({ sentence: z.string(), verdict: z.string() })),
});

const FAILED = "FAILED: ";

/** A verifier's task. */
export function verifyTask(draft: string, attempt: number): string {
  return `Draft: ${draft}\nCheck the citations of this draft (check ${attempt}) and report the rate and every sentence that failed, word for word.`;
}

/** The first time looks ahead with the skill, where there is one; then asks the host, and reports. */
export function verify(conversation: Conversation): Turn {
  const draft = /^Draft: (\S+)$/m.exec(conversation.request)?.[1] ?? `${conversation.folder}/draft.md`;
  const skill = /(\S*\/verify-citations)\/SKILL\.md/.exec(conversation.system)?.[1]?.replace(/^`/, "");
  if (skill !== undefined && /\(check 1\)/.test(conversation.request) && conversation.answer("skill") === undefined) {
    const command = `node ${skill}/check.mjs --draft ${draft}`;
    return {
      text: "I check the draft's citations in the sandbox first.",
      calls: [conversation.call("skill", "execute", { command })],
    };
  }
  const answer = conversation.answer("verify");
  if (answer === undefined) {
    return {
      text: "Now the check that counts.",
      calls: [conversation.call("verify", "verify_citations", { filepath: draft })],
    };
  }
  const parsed = parse(answer.text);
  if (parsed === undefined) return { text: `The draft could not be checked: ${answer.text}`, calls: [] };
  const failed = parsed.failing.map(({ sentence, verdict }) => `${FAILED}${verdict}: ${sentence.replace(/\s+/g, " ")}`);
  return {
    text: [
      `RATE: ${parsed.rate} (${parsed.supported} of ${parsed.total} cited sentences are supported)`,
      ...failed,
    ].join("\n"),
    calls: [],
  };
}

/** Reads a verifier's report back. Undefined when it has no rate. */
export function readVerdict(text: string): { rate: number; failed: string[] } | undefined {
  const rate = /^RATE: ([\d.]+)/m.exec(text)?.[1];
  if (rate === undefined) return undefined;
  const failed = text.split("\n").filter((line) => line.startsWith(FAILED));
  return { rate: Number(rate), failed: failed.map((line) => line.slice(FAILED.length).replace(/^[a-z_]+: /, "")) };
}

function parse(text: string): z.infer<typeof Report> | undefined {
  try {
    return Report.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
