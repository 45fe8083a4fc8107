import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";
import { rootError } from "../errors.js";
import { isModelFailure } from "../models/model-errors.js";
import type { BudgetMeter } from "../research/budget.js";
import { withDeadline } from "../research/deadline.js";
import { END_TEXT, isNearEnd, type ResearchEnd, type ResearcherLimits, type Used, usedUp } from "../research/limits.js";
import { isEndless, loopIn, withWarning } from "../research/loops.js";
import { usageOf } from "../telemetry/usage.js";
import { KEEPING, LOOKING, noteMessage } from "./run-budget.js";
import type { EmitEvent } from "./run-scope.js";
import { taskAtWork } from "./task.js";

export interface ResearcherBudgetOptions {
  readonly limits: ResearcherLimits;
  /** Of the whole run. */
  readonly meter: BudgetMeter;
  /** Ids of the claims that a task has recorded so far. */
  readonly claimsBy: (task: string) => Promise<string[]>;
  readonly emit: EmitEvent;
}

/**
 * Keeps a researcher within its budget, and the run alive whatever becomes of it. Near the end it is told to conclude; at the end its tools are
 * refused and one more answer is taken, without tools; when its time or the run's budget is over, or its model fails, it answers with
 * what it had. Put it in front of all others, the taint's too: its own words are none from outside. What it counts stands in its messages, so a resumed researcher goes on
 * counting where it was; its time begins anew.
 */
export function researcherBudget(o: ResearcherBudgetOptions) {
  const started = new Map<string, number>();
  const usedBy = (task: string, messages: readonly BaseMessage[]): Used => {
    const since = started.get(task) ?? performance.now();
    started.set(task, since);
    return { ...countIn(messages), seconds: (performance.now() - since) / 1000 };
  };
  const tell = async (task: string, used: Used, end?: ResearchEnd): Promise<void> => {
    const data = { task, agent: "researcher", limits: o.limits, used: rounded(used), end };
    await o.emit({ type: "budget", data }, `budget.${task}.${end === undefined ? "start" : "end"}`);
  };
  return createMiddleware({
    name: "ResearcherBudget",
    async wrapModelCall(request, handler) {
      const task = taskAtWork() ?? "";
      const { messages } = request.state;
      const used = usedBy(task, messages);
      if (used.modelCalls === 0) await tell(task, used);
      const { stage } = o.meter;
      const finish = async (end: ResearchEnd, why?: string): Promise<AIMessage> => {
        await tell(task, usedBy(task, messages), end);
        return lastWords({ end, why, claims: await o.claimsBy(task), messages });
      };
      if (stage === "over") return await finish("run_budget");
      const isOver = stage === "concluding" || o.meter.isStageOver("research");
      const isLooping = isEndless(loopIn(messages));
      const end = usedUp(used, o.limits) ?? (isOver ? "run_budget" : isLooping ? "loop" : undefined);
      if (end === "time") return await finish("time");
      const note = end !== undefined ? endNote(end) : isNearEnd(used, o.limits) ? nearNote(used, o.limits) : undefined;
      const seconds = Math.min(o.limits.seconds - used.seconds, o.meter.secondsToSpare);
      try {
        const answer = await withDeadline(seconds * 1000, request.runtime.signal, async (signal) =>
          handler({
            ...request,
            messages:
              note === undefined
                ? request.messages
                : [...request.messages, noteMessage(note, `budget.${used.modelCalls}`)],
            modelSettings: { ...request.modelSettings, signal },
            ...(end === undefined ? {} : { toolChoice: "none" as const }),
          }),
        );
        if (answer === undefined) return await finish(o.meter.stage === "open" ? "time" : "run_budget");
        if (!AIMessage.isInstance(answer)) return answer;
        if (end === undefined) {
          if ((answer.tool_calls ?? []).length === 0) await tell(task, usedBy(task, [...messages, answer]), "answered");
          return answer;
        }
        // It may call tools all the same: those calls are not made, and what stands beside them is no answer.
        if (answer.text.trim() === "" || (answer.tool_calls ?? []).length > 0) return await finish(end);
        await tell(task, usedBy(task, [...messages, answer]), end);
        return new AIMessage({ content: answer.text, id: answer.id, usage_metadata: answer.usage_metadata });
      } catch (error) {
        const root = rootError(error);
        if (request.runtime.signal?.aborted || !isModelFailure(root)) throw error;
        return await finish("model_failed", root.message);
      }
    },
    async wrapToolCall(request, handler) {
      const { id = "", name } = request.toolCall;
      const used = usedBy(taskAtWork() ?? "", request.state.messages);
      const refuse = (why: string): ToolMessage => {
        const error = { code: "budget_spent", message: `${why} Call no more tools: answer with what you have.` };
        return new ToolMessage({ content: JSON.stringify({ error }), tool_call_id: id, name, status: "error" });
      };
      if (name === "execute" && o.meter.isVmSpent) return refuse("The run's time in the VM is spent.");
      if (placeOf(id, request.state.messages) >= o.limits.toolCalls) return refuse("Your tool calls are used up.");
      if (o.meter.areCallsSpent && !KEEPING.has(name)) return refuse("The run may make no more calls of tools.");
      using _call = o.meter.startCall();
      // What has an effect is waited for: nobody says that it is over while it goes on. A command ends by itself where the run's time does.
      const seconds = LOOKING.has(name)
        ? Math.min(o.limits.seconds - used.seconds, o.meter.secondsToSpare)
        : Number.POSITIVE_INFINITY;
      const result = await withDeadline(seconds * 1000, request.runtime.signal, async () => handler(request));
      return withWarning(result ?? refuse("Your time is over."), request.state.messages);
    },
  });
}

/** What its messages say that an agent has used. */
function countIn(messages: readonly BaseMessage[]): Omit<Used, "seconds"> {
  const said = messages.filter((message) => AIMessage.isInstance(message));
  const usages = said.map((message) => usageOf(message));
  return {
    modelCalls: said.length,
    toolCalls: messages.filter((message) => ToolMessage.isInstance(message)).length,
    tokens: usages.reduce((sum, usage) => sum + (usage?.input ?? 0) + (usage?.output ?? 0), 0),
  };
}

/** How many tool calls come before this one: those that were answered, and its neighbours in front of it. */
function placeOf(id: string, messages: readonly BaseMessage[]): number {
  const asked = messages.flatMap((message) => (AIMessage.isInstance(message) ? (message.tool_calls ?? []) : []));
  const place = asked.findIndex((call) => call.id === id);
  return place < 0 ? asked.length : place;
}

function nearNote(used: Used, limits: ResearcherLimits): string {
  return (
    `You have used ${used.modelCalls} of ${limits.modelCalls} model calls, ${used.toolCalls} of ${limits.toolCalls} tool calls and ` +
    `${Math.round(used.seconds)} of ${limits.seconds} seconds. Conclude now: record your claims, write your notes, and answer.`
  );
}

function endNote(end: ResearchEnd): string {
  return `Your work ends here: ${END_TEXT[end]}. Tools are not answered any more. Answer now with what you have, and say what is missing.`;
}

/** The answer of a researcher that gives none itself: why it ended, and where what it had found lies. */
function lastWords(o: {
  end: ResearchEnd;
  why?: string;
  claims: readonly string[];
  messages: readonly BaseMessage[];
}): AIMessage {
  const calls = o.messages.flatMap((message) => (AIMessage.isInstance(message) ? (message.tool_calls ?? []) : []));
  const written = calls.flatMap(({ name, args }) => (name === "write_file" ? [String(args.file_path)] : []));
  const had = [
    o.claims.length === 0 ? "It has recorded no claims." : `It has recorded the claims ${o.claims.join(", ")}.`,
    ...(written.length === 0 ? [] : [`It has written ${[...new Set(written)].join(", ")}.`]),
  ];
  const why = o.why === undefined ? "" : ` ${o.why}`;
  return new AIMessage(`ENDED: this researcher gave no answer, because ${END_TEXT[o.end]}.${why} ${had.join(" ")}`);
}

function rounded(used: Used): Used {
  return { ...used, seconds: Math.round(used.seconds * 10) / 10 };
}
