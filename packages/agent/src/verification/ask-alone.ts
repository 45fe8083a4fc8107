import { randomBytes } from "node:crypto";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { explainModelError, mayPass } from "../middleware/model-errors.js";
import { patiently } from "../models/patience.js";
import { visibleText } from "../sanitize.js";
import { type Usage, usageOf } from "../telemetry/usage.js";

/** Is told what a question to a model has cost. */
export type Spent = (usage: Usage) => Promise<void>;

/** One question, with its repetitions; a model that needs longer is taken for one that does not answer. */
const DEADLINE_MS = 60_000;

/**
 * Asks a model with these messages and nothing else in its view: no tools, no conversation.
 * @throws AgentError with a code of models and a sentence; what `signal` was aborted with
 */
export async function askAlone(
  model: BaseChatModel,
  name: string,
  o: { messages: BaseMessage[]; signal: AbortSignal; spent?: Spent },
): Promise<string> {
  try {
    const signal = AbortSignal.any([o.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const ask = () => model.withConfig({ maxRetries: 0 }).invoke(o.messages, { signal });
    const answer = await patiently(ask, { signal, helps: (error) => !signal.aborted && mayPass(error) });
    const usage = usageOf(answer);
    if (usage !== undefined) await o.spent?.(usage);
    return answer.text;
  } catch (error) {
    o.signal.throwIfAborted();
    throw explainModelError(name, error);
  }
}

/** A mark of {@link quotedApart}, which is another one each time: the slash of an end, the name, and the mark itself. */
export const MARK = /<(\/?)([a-z-]+(?: id=\w+)?) [\w-]{12}>/g;

/** Texts from outside, each between marks of its name that cannot be known beforehand, so that nothing inside can end it. */
export function quotedApart(texts: readonly (readonly [what: string, text: string])[]): string {
  const mark = randomBytes(9).toString("base64url");
  return texts.map(([what, text]) => `<${what} ${mark}>\n${visibleText(text)}\n</${what} ${mark}>`).join("\n\n");
}
