import type { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { Command } from "@langchain/langgraph";
import type { Vibewriter } from "../vibewriter.js";
import { ApprovalQuestion } from "./record.js";

/** Steps of one agent's graph before it is stopped: far above what a report takes, far below what a loop costs. */
const MOST_STEPS = 500;

/** Tool calls of one agent that run at the same time. */
const AT_ONCE = 8;

/** Where the graph came to rest. */
export type GraphRest =
  | { readonly state: "waiting"; readonly question: ApprovalQuestion }
  | { readonly state: "ended"; readonly lastWords: string };

/**
 * Runs the graph from where its last checkpoint left it until it ends or asks. A question that nobody has answered is not asked again, and
 * an answered one is answered by its own id; the answer itself carries nothing, the tool looks for the grant.
 */
export async function runGraph(
  agent: Vibewriter,
  o: {
    /** Of the checkpoints. */
    thread: string;
    request: string;
    signal: AbortSignal;
    /** Who else is told of each step, as a service that collects traces. */
    callbacks?: BaseCallbackHandler[];
    isAnswered: (question: ApprovalQuestion) => Promise<boolean>;
  },
): Promise<GraphRest> {
  const configurable = { thread_id: o.thread };
  const before = await agent.graph.getState({ configurable });
  const isNew = before.config.configurable?.checkpoint_id === undefined;
  if (!isNew && before.next.length === 0) return { state: "ended", lastWords: lastWords(before.values) };
  const open = before.tasks.flatMap((task) => task.interrupts);
  const answers: Record<string, { answered: true }> = {};
  for (const { id, value } of open) {
    if (id !== undefined && (await o.isAnswered(ApprovalQuestion.parse(value)))) answers[id] = { answered: true };
  }
  const [first] = open;
  if (first !== undefined && Object.keys(answers).length === 0) {
    return { state: "waiting", question: ApprovalQuestion.parse(first.value) };
  }
  const input = isNew
    ? { messages: [new HumanMessage(o.request)] }
    : open.length > 0
      ? new Command({ resume: answers })
      : null;
  await agent.invoke(input, {
    configurable,
    durability: "sync",
    signal: o.signal,
    callbacks: o.callbacks,
    recursionLimit: MOST_STEPS,
    maxConcurrency: AT_ONCE,
  });
  const after = await agent.graph.getState({ configurable });
  const question = after.tasks.flatMap((task) => task.interrupts)[0];
  if (question !== undefined) return { state: "waiting", question: ApprovalQuestion.parse(question.value) };
  return { state: "ended", lastWords: lastWords(after.values) };
}

function lastWords(values: unknown): string {
  if (typeof values !== "object" || values === null || !("messages" in values) || !Array.isArray(values.messages))
    return "";
  const last: BaseMessage | undefined = values.messages.at(-1);
  return last?.text.trim() ?? "";
}
