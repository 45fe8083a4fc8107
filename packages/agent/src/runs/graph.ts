import type { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { BaseMessage } from "@langchain/core/messages";
import { Command, GraphRecursionError } from "@langchain/langgraph";
import { z } from "zod";
import { rootError } from "../errors.js";
import { CONVERSATION, heardOf, listen, type Said, unheard } from "../middleware/conversation.js";
import type { Vibewriter } from "../vibewriter.js";
import { ApprovalQuestion, PersonQuestion } from "./record.js";

/** Steps of one agent's graph before it is stopped: far above what a report takes, far below what a loop costs. */
const MOST_STEPS = 500;

/** Tool calls of one agent that run at the same time. */
const AT_ONCE = 8;

/** The graph's node that asks the model. */
const MODEL_NODE = "model_request";

/** What a graph may wait for: that a person approves something, or says what the request means. */
const Question = z.union([PersonQuestion, ApprovalQuestion]);
export type Question = z.infer<typeof Question>;

/** Where the graph came to rest, with all that it waits for, and the last turn of the person that it has heard. */
export type GraphRest =
  | { readonly state: "waiting"; readonly questions: readonly Question[]; readonly heard: number }
  | { readonly state: "ended"; readonly lastWords: string; readonly heard: number };

export interface RunGraphOptions {
  /** Of the checkpoints. */
  readonly thread: string;
  readonly said: () => Promise<Said>;
  readonly signal: AbortSignal;
  /** Who else is told of each step, as a service that collects traces. */
  readonly callbacks?: BaseCallbackHandler[];
  readonly isAnswered: (question: Question) => Promise<boolean>;
}

/**
 * Runs the graph from where its last checkpoint left it until it ends or asks. A question that nobody has answered is not asked again, and
 * an answered one is answered by its own id; the answer itself carries nothing, the tool looks for the grant. A thread at rest goes on when
 * the person has said something that it has not heard, and so it does when they have answered one agent while another still worked.
 */
export async function runGraph(agent: Vibewriter, o: RunGraphOptions): Promise<GraphRest> {
  const handedOver = new Set<string>();
  for (;;) {
    const rest = await goOn(agent, o, handedOver);
    if (rest !== "answered") return rest;
  }
}

/**
 * Once from the last checkpoint to where nothing goes on by itself; `answered` if meanwhile something was answered that was not handed over.
 * @param handedOver ids of the questions whose answers the graph was given
 */
async function goOn(agent: Vibewriter, o: RunGraphOptions, handedOver: Set<string>): Promise<GraphRest | "answered"> {
  const configurable = { thread_id: o.thread };
  const before = await agent.graph.getState({ configurable });
  const isNew = before.config.configurable?.checkpoint_id === undefined;
  const said = await o.said();
  // Not `next`: it leaves out what has written already, and a thread killed before the checkpoint that follows would seem to have ended.
  const isResting = before.tasks.length === 0;
  if (!isNew && isResting && unheard(before.values, said).length === 0) return endedWith(before.values);
  const open = before.tasks.flatMap((task) => task.interrupts);
  const answers: Record<string, { answered: true }> = {};
  for (const { id, value } of open) {
    const question = Question.parse(value);
    if (id === undefined || !(await o.isAnswered(question))) continue;
    answers[id] = { answered: true };
    handedOver.add(question.id);
  }
  if (open.length > 0 && Object.keys(answers).length === 0) return waitingWith(open, before.values);
  if (before.next.length === 1 && before.next[0] === MODEL_NODE) {
    // Cut off while the model was asked: it is asked again with what was said meanwhile, and not first without it.
    const news = listen(before.values, said);
    if (news !== undefined) await agent.graph.updateState({ configurable }, news, `${CONVERSATION}.before_model`);
  }
  // What the person has said is put in by the middleware, in front of the model.
  const input = isResting ? { messages: [] } : open.length > 0 ? new Command({ resume: answers }) : null;
  let isEndless = false;
  try {
    await agent.invoke(input, {
      configurable,
      durability: "sync",
      signal: o.signal,
      callbacks: o.callbacks,
      recursionLimit: MOST_STEPS,
      maxConcurrency: AT_ONCE,
    });
  } catch (error) {
    // An agent that finds no end is ended, and what it has is put together.
    if (!isGraphRecursionError(rootError(error))) throw error;
    isEndless = true;
  }
  const after = await agent.graph.getState({ configurable });
  if (isEndless) {
    const lastWords = `The agent found no end in ${MOST_STEPS} steps, so its work ends here.`;
    return { ...endedWith(after.values), lastWords };
  }
  const asked = after.tasks.flatMap((task) => task.interrupts);
  if (asked.length === 0) return endedWith(after.values);
  const unanswered: typeof asked = [];
  for (const one of asked) {
    const question = Question.parse(one.value);
    if (!(await o.isAnswered(question))) unanswered.push(one);
    // A call that was answered beside one that waits has its question in the state until that one is answered, too.
    else if (!handedOver.has(question.id)) return "answered";
  }
  if (unanswered.length > 0) return waitingWith(unanswered, after.values);
  throw new Error(
    "The agent asks again what was answered before, so it would never go on; start the run anew with `retry`.",
  );
}

function waitingWith(interrupts: readonly { value?: unknown }[], values: object): GraphRest {
  const questions = interrupts.map(({ value }) => Question.parse(value));
  return { state: "waiting", questions, heard: heardOf(values) };
}

function endedWith(values: object): Extract<GraphRest, { state: "ended" }> {
  return { state: "ended", lastWords: lastWords(values), heard: heardOf(values) };
}

function isGraphRecursionError(error: Error): boolean {
  return error instanceof GraphRecursionError || error.name === "GraphRecursionError";
}

function lastWords(values: object): string {
  if (!("messages" in values) || !Array.isArray(values.messages)) return "";
  const last: BaseMessage | undefined = values.messages.at(-1);
  return last?.text.trim() ?? "";
}
