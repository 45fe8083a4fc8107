import { type BaseMessage, HumanMessage, RemoveMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";
import { z } from "zod";
import type { PlanEdit, Turn } from "../runs/record.js";
import { Todo } from "../runs/todo.js";

/** What a person has said to a run so far, and how they have last edited its plan. */
export interface Said {
  /** In order; of a long thread only the newer ones. */
  readonly turns: readonly Turn[];
  readonly plan?: PlanEdit;
}

/** The name of the middleware, and of the graph's node in front of each model call. */
export const CONVERSATION = "Conversation";

const State = z.object({
  /** The number of the last turn that is among the messages. Kept apart from them, because a summary takes their place. */
  _heard: z.number().optional(),
  /** The last edit of the plan that the agent was told of. */
  _planEdit: z.number().optional(),
  todos: z.array(Todo).optional(),
  _summarizationEvent: z.custom<SummarizationEvent>().optional(),
});

/** What deepagents' summarization leaves: the messages before `cutoffIndex` are replaced by the summary in what the model gets. */
export interface SummarizationEvent {
  readonly cutoffIndex: number;
  readonly summaryMessage: HumanMessage;
  readonly filePath: string | null;
}

type ConversationState = z.infer<typeof State> & { messages: BaseMessage[] };

/**
 * What a person says to a run under way: before each model call new turns are put behind the messages, each once, and an edited plan in the
 * place of the agent's own. Messages that were summarized leave the state, so that a checkpoint does not grow with the thread, and the
 * plan stands beside the summary.
 */
export function conversation(o: { said: () => Promise<Said> }) {
  return createMiddleware({
    name: CONVERSATION,
    stateSchema: State,
    async beforeModel(state) {
      return listen(state as ConversationState, await o.said());
    },
    async wrapModelCall(request, handler) {
      const { todos } = request.state as ConversationState;
      if (todos === undefined || todos.length === 0) return await handler(request);
      const messages = request.messages.map((message) => (isSummary(message) ? withPlan(message, todos) : message));
      return await handler({ ...request, messages });
    },
  });
}

/** How the state changes by what was said and is not in it yet; undefined if nothing is new. */
export function listen(state: Partial<ConversationState>, said: Said): object | undefined {
  const { messages = [], _summarizationEvent: summary } = state;
  const news = unheard(state, said);
  const edit = said.plan !== undefined && said.plan.edit > (state._planEdit ?? 0) ? said.plan : undefined;
  const old = messages.slice(0, summary?.cutoffIndex ?? 0).flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (news.length === 0 && edit === undefined && old.length === 0) return undefined;
  const last = news.at(-1);
  return {
    messages: [
      ...old.map((id) => new RemoveMessage({ id })),
      ...(edit === undefined ? [] : [editMessage(edit)]),
      ...news.map(({ id, text }) => new HumanMessage({ id: `turn.${id}`, content: text })),
    ],
    ...(last === undefined ? {} : { _heard: Number(last.id) }),
    ...(edit === undefined ? {} : { _planEdit: edit.edit, todos: edit.todos }),
    ...(old.length === 0 ? {} : { _summarizationEvent: { ...summary, cutoffIndex: 0 } }),
  };
}

/** The turns that are not among the messages yet, nor in a summary of them. */
export function unheard(state: Partial<ConversationState>, { turns }: Pick<Said, "turns">): Turn[] {
  return turns.filter(({ id }) => Number(id) > heardOf(state));
}

/** The number of the last turn that the agent has heard. A thread of an earlier release has heard the request. */
export function heardOf(state: Partial<ConversationState>): number {
  return state._heard ?? ((state.messages?.length ?? 0) > 0 ? 1 : 0);
}

/** A plan as Markdown checkboxes; `[-]` is under way. */
export function planText(todos: readonly Todo[]): string {
  const marks = { pending: " ", in_progress: "-", completed: "x" };
  return todos.map(({ content, status }) => `- [${marks[status]}] ${content.replace(/\s+/g, " ")}`).join("\n");
}

function editMessage({ edit, todos }: PlanEdit): HumanMessage {
  const plan = todos.length === 0 ? "It is empty now: make another one." : `It is now:\n${planText(todos)}`;
  return new HumanMessage({
    id: `plan.${edit}`,
    content: `<plan-edited>\nThe person has edited your plan. ${plan}\n</plan-edited>\nGo on by this plan.`,
    additional_kwargs: { lc_source: "plan" },
  });
}

function isSummary(message: BaseMessage): boolean {
  return HumanMessage.isInstance(message) && message.additional_kwargs.lc_source === "summarization";
}

function withPlan(summary: BaseMessage, todos: readonly Todo[]): HumanMessage {
  return new HumanMessage({
    id: summary.id,
    content: `${summary.text}\n\n<plan>\nYour plan as it stands (write_todos changes it):\n${planText(todos)}\n</plan>`,
    additional_kwargs: summary.additional_kwargs,
  });
}
