import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { sha256 } from "../canonical.js";

/** Providers take no longer ids than this one's: OpenAI's 40 characters. */
const LONGEST_ID = 40;

/** The message of a turn that is not the first. */
const LATER_TURN = /^turn\.(?!1$)\d+$/;

/** Where an answer was given, for ids that are the same from run to run and in a repetition. */
export interface CallPlace {
  /** The task of the subagent that was answered; none in the main agent. */
  readonly task: string | undefined;
  /** What the model was shown. */
  readonly shown: readonly BaseMessage[];
  /** What the agent's thread has, also where a summary stands for it in what is shown. */
  readonly thread: readonly BaseMessage[];
}

/**
 * The answer with ids of its calls that no other call has. What a call has done is known by its id: its operation in the VM, its change of the memory,
 * its events. Some servers count their calls anew in each answer or conversation, so that a later one would pass for an earlier one that is done. Such
 * ids get where they were given behind them, by nothing but what a repetition has as well; ids that are unique stay as they are.
 */
export function withOwnCallIds(answer: AIMessage, place: CallPlace): AIMessage {
  const calls = answer.tool_calls ?? [];
  const shown = idsIn(place.shown);
  const all = new Set([...shown, ...idsIn(place.thread)]);
  const own = calls.map(({ id = "", name }) => {
    const isWeak = isCounted(id, name);
    // A model that names its calls itself looks for them under these names, and says them again when a summary has taken them away.
    const taken = isWeak ? all : shown;
    const chosen = free(isWeak ? placed(id || "call", place) : id, taken);
    for (const ids of [shown, all]) ids.add(chosen);
    return chosen;
  });
  if (calls.every(({ id }, n) => id === own[n])) return answer;
  return renamed(answer, own);
}

/** Messages as a provider takes them that refuses long ids: those of other models and of their clients may be longer. The same ones where none is. */
export function withShortCallIds(messages: readonly BaseMessage[]): BaseMessage[] {
  return messages.map((message) => {
    if (ToolMessage.isInstance(message) && message.tool_call_id.length > LONGEST_ID) {
      const { content, id, name, status } = message;
      return new ToolMessage({ content, id, name, status, tool_call_id: bounded(message.tool_call_id) });
    }
    if (!AIMessage.isInstance(message)) return message;
    const ids = (message.tool_calls ?? []).map(({ id = "" }) => id);
    return ids.every((id) => id.length <= LONGEST_ID) ? message : renamed(message, ids.map(bounded));
  });
}

/** Whether it is a number, a word and a number, or the tool's name: what anybody else's call has as well. */
function isCounted(id: string, name: string): boolean {
  return id === "" || id === name || /^(?:call|tool|.*[^A-Za-z0-9])?\d{1,6}$/i.test(id);
}

function placed(id: string, { task, thread }: CallPlace): string {
  if (task !== undefined) return bounded(`${id}-${sha256(task).slice(0, 8)}`);
  // The messages of earlier turns go when they have been summarized.
  const turn = thread.findLast((message) => LATER_TURN.test(message.id ?? ""))?.id?.slice("turn.".length);
  return turn === undefined ? id : bounded(`${id}-t${turn}`);
}

function free(id: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? id : bounded(`${id}-${n}`);
    if (!taken.has(candidate)) return candidate;
  }
}

function bounded(id: string): string {
  return id.length <= LONGEST_ID ? id : `call-${sha256(id).slice(0, 32)}`;
}

function idsIn(messages: readonly BaseMessage[]): Set<string> {
  const answers = messages.filter((message) => AIMessage.isInstance(message));
  return new Set(answers.flatMap(({ tool_calls = [] }) => tool_calls.flatMap(({ id }) => id ?? [])));
}

/** The same answer with these ids, also where its content repeats the calls. */
function renamed(answer: AIMessage, ids: readonly string[]): AIMessage {
  const { content, id, name, response_metadata, usage_metadata, invalid_tool_calls, tool_calls = [] } = answer;
  const { tool_calls: _, ...additional_kwargs } = answer.additional_kwargs;
  let block = 0;
  return new AIMessage({
    ...{ id, name, response_metadata, usage_metadata, invalid_tool_calls, additional_kwargs },
    tool_calls: tool_calls.map((call, n) => ({ ...call, id: ids[n] })),
    content:
      typeof content === "string"
        ? content
        : content.map((part) => (part.type === "tool_use" ? { ...part, id: ids[block++] } : part)),
  });
}
