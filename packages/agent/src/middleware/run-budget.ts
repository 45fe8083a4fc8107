import { setMaxListeners } from "node:events";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";
import type { BudgetMeter } from "../research/budget.js";
import type { Stage } from "../research/budget-limits.js";
import { MOST_AT_ONCE } from "../research/limits.js";
import { isEndless, loopIn, loopText, withWarning } from "../research/loops.js";
import type { EmitEvent } from "./run-scope.js";
import { taskAtWork } from "./task.js";

/** Tools that look for more. */
const LOOKING = new Set(["web_search", "read_source", "search_choir_kb"]);
/** Tools that keep what there is: they are of use when all else is spent. */
const KEEPING = new Set(["write_file", "edit_file", "record_claims"]);
/** Runs a command in the VM. */
const COMMAND = "execute";

export interface RunBudgetOptions {
  readonly meter: BudgetMeter;
  readonly emit: EmitEvent;
  /** What the agent's work counts for; the main agent's changes as it goes. */
  readonly stage?: Stage;
}

/**
 * Keeps an agent within the budget of its run: when most of it is spent, nothing more is looked for, and the agent is told to write with what
 * there is; when all of it is spent, no model is asked any more. A stage that has spent its own part is over, and the others go on. An agent that
 * goes round in circles is told so, and then ended. Researchers start five at once at most.
 */
export function runBudget(o: RunBudgetOptions) {
  const { meter } = o;
  return createMiddleware({
    name: "RunBudget",
    async wrapModelCall(request, handler) {
      const { stage, text } = meter;
      if (stage === "over") return new AIMessage(`The budget of the run is spent (${text}), so the work ends here.`);
      const loop = loopIn(request.state.messages);
      if (isEndless(loop)) {
        const id = `loop.${taskAtWork() ?? "main"}.${request.state.messages.length}`;
        await o.emit({ type: "log", data: { level: "warn", text: loopText(loop) } }, id);
        return new AIMessage(loopText(loop));
      }
      const own = o.stage ?? meter.stageNow;
      const content =
        stage === "concluding" ? concludingNote(text) : meter.isStageOver(own) ? stageNote(own) : undefined;
      if (content === undefined) return await handler(request);
      const note = new HumanMessage({
        id: `budget.${request.messages.length}`,
        content: `<budget>\n${content}\n</budget>`,
        additional_kwargs: { lc_source: "budget" },
      });
      return await handler({ ...request, messages: [...request.messages, note] });
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
      if (meter.stage !== "open" && (isResearch || LOOKING.has(name))) {
        return refuse(
          "budget_spent",
          "Most of the run's budget is spent: write with what there is, and name the gaps.",
        );
      }
      const stage = isResearch ? "research" : starts === "verifier" ? "check" : (o.stage ?? meter.stageNow);
      if ((isResearch || starts === "verifier" || LOOKING.has(name)) && meter.isStageOver(stage)) {
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
      return withWarning(await handler(request), request.state.messages);
    },
  });
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
