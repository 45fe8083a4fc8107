import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { asJson, hashOf, sha256 } from "../canonical.js";

/** Calls that repeated earlier ones, one after the other, with nothing new in between: the agent goes round in circles. */
export interface Loop {
  readonly tool: string;
  readonly calls: number;
}

/** From how many repetitions on it is told, and from how many on it ends. */
const LOOP = { told: 3, ends: 8 } as const;
/** Other words, the same answer: a search in new words may find what is known a few times. */
const SAME_ANSWER = 2;

/**
 * How many of the last calls were repetitions: of the same call with the same arguments and the same answer, by itself or by turns with others; or,
 * counted half, of another call of the same tool that has had this very answer. undefined if the last one brought something new. What was done
 * before the person, or the main agent, asked for something is another work.
 */
export function loopIn(messages: readonly BaseMessage[]): Loop | undefined {
  const calls = answeredCalls(sinceAsked(messages));
  const seen = new Set<string>();
  const answers = new Set<string>();
  let repeated = 0;
  let tool = "";
  for (const call of calls) {
    const whole = `${call.name} ${call.args} ${call.answer}`;
    const part = `${call.name} ${call.answer}`;
    if (seen.has(whole)) repeated += SAME_ANSWER;
    else if (answers.has(part)) repeated += 1;
    else repeated = 0;
    seen.add(whole);
    answers.add(part);
    tool = call.name;
  }
  const times = Math.floor(repeated / SAME_ANSWER);
  return times === 0 ? undefined : { tool, calls: times };
}

/** The messages since somebody asked for something last. */
function sinceAsked(messages: readonly BaseMessage[]): readonly BaseMessage[] {
  const last = messages.findLastIndex(
    (message) => HumanMessage.isInstance(message) && message.additional_kwargs.lc_source === undefined,
  );
  return messages.slice(last + 1);
}

function answeredCalls(messages: readonly BaseMessage[]): { name: string; args: string; answer: string }[] {
  const answers = new Map(
    messages.flatMap((message) =>
      ToolMessage.isInstance(message) ? [[message.tool_call_id, message.text] as const] : [],
    ),
  );
  return messages.flatMap((message) =>
    AIMessage.isInstance(message)
      ? (message.tool_calls ?? []).flatMap(({ id = "", name, args }) => {
          const answer = answers.get(id);
          if (answer === undefined) return [];
          // What a call was warned with is no part of its answer.
          return [{ name, args: keyOf(args), answer: sha256(answer.replace(WARNING, "")) }];
        })
      : [],
  );
}

function keyOf(args: unknown): string {
  return hashOf(asJson(args ?? {}));
}

const WARNING = /\n\n<loop>[\s\S]*<\/loop>$/;

/** What an answer says behind its text to an agent that goes round in circles. */
function warningOf({ tool, calls }: Loop): string {
  return (
    `\n\n<loop>\nYou have repeated calls ${calls} times, ${tool} among them, and nothing new came of it. Do something else with what you have, or end. ` +
    `After ${LOOP.ends} repetitions your work ends.\n</loop>`
  );
}

/** The answer of a tool, with a warning behind it if the agent goes round in circles; what is no plain text stays as it is. */
export function withWarning<T>(result: T, messages: readonly BaseMessage[]): T | ToolMessage {
  if (!ToolMessage.isInstance(result) || typeof result.content !== "string") return result;
  const loop = loopIn([...messages, result]);
  if (loop === undefined || loop.calls < LOOP.told) return result;
  const { tool_call_id, name, status, id, additional_kwargs } = result;
  return new ToolMessage({
    ...{ tool_call_id, name, status, id, additional_kwargs },
    content: result.content + warningOf(loop),
  });
}

/** Whether the agent has gone round in circles for so long that its work ends. */
export function isEndless(loop: Loop | undefined): loop is Loop {
  return loop !== undefined && loop.calls >= LOOP.ends;
}

/** Why an agent was ended, for a person. */
export function loopText({ tool, calls }: Loop): string {
  return `The agent repeated the same calls ${calls} times, ${tool} among them, and nothing new came of it, so the work ends here.`;
}
