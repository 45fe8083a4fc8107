import { setMaxListeners } from "node:events";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";
import type { BudgetMeter } from "../research/budget.js";
import { MOST_AT_ONCE } from "../research/limits.js";

/** Tools that look for more. */
const LOOKING = new Set(["web_search", "read_source", "search_choir_kb"]);

/**
 * Keeps an agent within the budget of its run: when most of it is spent, nothing more is looked for, and the agent is told to write with what
 * there is; when all of it is spent, no model is asked any more. Researchers start five at once at most.
 */
export function runBudget(meter: BudgetMeter) {
  return createMiddleware({
    name: "RunBudget",
    async wrapModelCall(request, handler) {
      const { stage, text } = meter;
      if (stage === "over") return new AIMessage(`The budget of the run is spent (${text}), so the work ends here.`);
      if (stage === "open") return await handler(request);
      const content =
        `<budget>\nMost of the run's budget is spent (${text}); what is left is for the report. Nothing more is searched or read. Write the ` +
        "draft now from the recorded claims and the notes, name in it what is missing, have it checked once, and finish.\n</budget>";
      const note = new HumanMessage({
        id: `budget.${request.messages.length}`,
        content,
        additional_kwargs: { lc_source: "budget" },
      });
      return await handler({ ...request, messages: [...request.messages, note] });
    },
    async wrapToolCall(request, handler) {
      const { id = "", name, args } = request.toolCall;
      const isResearch = name === "task" && args.subagent_type === "researcher";
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
      if (isResearch && placeAmongResearchers(id, request.state.messages) >= MOST_AT_ONCE) {
        return refuse("too_many", `At most ${MOST_AT_ONCE} researchers start at once; merge the questions.`);
      }
      if (name === "task") expectManyListeners(request.runtime.configurable);
      return await handler(request);
    },
  });
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
