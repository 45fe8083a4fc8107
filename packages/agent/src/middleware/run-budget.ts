import { setMaxListeners } from "node:events";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";
import type { BudgetMeter } from "../research/budget.js";
import type { Stage } from "../research/budget-limits.js";
import { withDeadline } from "../research/deadline.js";
import { MOST_AT_ONCE } from "../research/limits.js";
import { isEndless, loopIn, loopText, withWarning } from "../research/loops.js";
import { COMMAND } from "../research/stages.js";
import type { EmitEvent } from "./run-scope.js";
import { taskAtWork } from "./task.js";

/** Tools that look for more: no harm is done where nobody waits for them any more. */
export const LOOKING: ReadonlySet<string> = new Set(["web_search", "read_source", "search_choir_kb"]);
/** Tools that keep what there is: they are of use when all else is spent. */
export const KEEPING: ReadonlySet<string> = new Set(["write_file", "edit_file", "record_claims"]);

export interface RunBudgetOptions {
  readonly meter: BudgetMeter;
  readonly emit: EmitEvent;
  /** What the agent's work counts for; the main agent's changes as it goes. */
  readonly stage?: Stage;
}

/**
 * Keeps an agent within the budget of its run: when most of it is spent, nothing more is looked for, and the agent is told to write with what
 * there is; when all of it is spent, no model is asked any more. Its time cuts off what is under way: an answer when it is over, what looks for more
 * when the rest is for the report; commands are ended where they run. A stage that has spent its own part is over, and the others go on. An agent that
 * goes round in circles is told so, and then ended. Researchers start five at once at most.
 */
export function runBudget(o: RunBudgetOptions) {
  const { meter } = o;
  return createMiddleware({
    name: "RunBudget",
    async wrapModelCall(request, handler) {
      const { stage, text } = meter;
      if (stage === "over") return spent(meter);
      const loop = loopIn(request.state.messages);
      if (isEndless(loop)) {
        const id = `loop.${taskAtWork() ?? "main"}.${request.state.messages.length}`;
        await o.emit({ type: "log", data: { level: "warn", text: loopText(loop) } }, id);
        return new AIMessage(loopText(loop));
      }
      const own = o.stage ?? meter.stageNow;
      const content =
        stage === "concluding" ? concludingNote(text) : meter.isStageOver(own) ? stageNote(own) : undefined;
      const id = `budget.${request.messages.length}`;
      const messages = content === undefined ? request.messages : [...request.messages, noteMessage(content, id)];
      const answer = await withDeadline(meter.secondsLeft * 1000, request.runtime.signal, async (signal) =>
        handler({ ...request, messages, modelSettings: { ...request.modelSettings, signal } }),
      );
      return answer ?? spent(meter);
    },
    async wrapToolCall(request, handler) {
      const { id = "", name, args } = request.toolCall;
      const starts = name === "task" ? String(args.subagent_type) : undefined;
      const isResearch = starts === "researcher";
      const refuse = (code: string, message: string): ToolMessage =>
        new ToolMessage({
          content: JSON.stringify({ error: { code, message } }),
          tool_call_id: id,
          name,
          status: "error",
        });
      const isLooking = LOOKING.has(name);
      const mostIsSpent = () =>
        refuse("budget_spent", "Most of the run's budget is spent: write with what there is, and name the gaps.");
      if (meter.stage !== "open" && (isResearch || isLooking)) return mostIsSpent();
      const stage = isResearch ? "research" : starts === "verifier" ? "check" : (o.stage ?? meter.stageNow);
      if ((isResearch || starts === "verifier" || isLooking) && meter.isStageOver(stage)) {
        return refuse("budget_spent", stageNote(stage));
      }
      if (name === COMMAND && meter.isVmSpent) {
        return refuse("budget_spent", `The run's time in the VM is spent (${meter.text}): go on without commands.`);
      }
      if (isResearch && placeAmongResearchers(id, request.state.messages) >= MOST_AT_ONCE) {
        return refuse("too_many", `At most ${MOST_AT_ONCE} researchers start at once; merge the questions.`);
      }
      if (meter.areCallsSpent && !KEEPING.has(name)) {
        return refuse(
          "budget_spent",
          `The run may make no more calls of tools (${meter.text}): answer with what there is.`,
        );
      }
      using _call = meter.startCall();
      if (name === "task") expectManyListeners(request.runtime.configurable);
      const ms = isLooking ? meter.secondsToSpare * 1000 : Number.POSITIVE_INFINITY;
      const result = await withDeadline(ms, request.runtime.signal, async () => handler(request));
      return withWarning(result ?? mostIsSpent(), request.state.messages);
    },
  });
}

/** The last words of an agent whose run has spent all that it may. */
function spent({ text }: BudgetMeter): AIMessage {
  return new AIMessage(`The budget of the run is spent (${text}), so the work ends here.`);
}

/** What an agent is told of its budget behind its messages. */
export function noteMessage(text: string, id: string): HumanMessage {
  // No person said it.
  const additional_kwargs = { lc_source: "budget" };
  return new HumanMessage({ id, content: `<budget>\n${text}\n</budget>`, additional_kwargs });
}

function concludingNote(text: string): string {
  return (
    `Most of the run's budget is spent (${text}); what is left is for the report. Nothing more is searched or read. Write the ` +
    "draft now from the recorded claims and the notes, name in it what is missing, have it checked once, and finish."
  );
}

function stageNote(stage: Stage): string {
  return `What this run may spend on its stage “${stage}” is spent: go on to the next one with what there is.`;
}

/** Each graph of subagents that work side by side listens for the end of the run: from eleven listeners on Node would warn of a leak. */
function expectManyListeners(configurable: unknown): void {
  const signals: unknown =
    typeof configurable === "object" && configurable !== null
      ? Reflect.get(configurable, "__pregel_abort_signals")
      : undefined;
  if (typeof signals !== "object" || signals === null) return;
  for (const signal of Object.values(signals)) if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}

function placeAmongResearchers(id: string, messages: readonly object[]): number {
  const last = messages.findLast((message) => AIMessage.isInstance(message));
  const tasks = (last?.tool_calls ?? []).filter(
    ({ name, args }) => name === "task" && args.subagent_type === "researcher",
  );
  return tasks.findIndex((call) => call.id === id);
}
