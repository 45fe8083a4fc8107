import { ReducedValue, StateSchema } from "@langchain/langgraph";
import { createMiddleware } from "langchain";
import { z } from "zod";
import { labelled, marksOf } from "../taint/labels.js";
import { TaintMark, union } from "../taint/origin.js";
import { duringCall } from "../taint/taint.js";

/**
 * What an agent has seen from outside is part of its state, and only ever grows there: whatever leaves the messages, for a summary or with a
 * restart, stays. deepagents hands it to a subagent with its task, and takes it back with the answer.
 */
export const TaintState = new StateSchema({
  taint: new ReducedValue(
    z.array(TaintMark).default(() => []),
    { reducer: union },
  ),
});

/**
 * Adds to an agent's marks where each answer of a tool comes from, and tells the tools what the agent that calls them has seen. Put it in front of
 * all that does anything in a call, so that it is part of the call; only a researcher's budget, which refuses calls in its own words, goes before it.
 */
export function tainting() {
  return createMiddleware({
    name: "Taint",
    stateSchema: TaintState,
    async wrapToolCall(request, handler) {
      const { name, args } = request.toolCall;
      const before = z.array(TaintMark).parse(Reflect.get(request.state, "taint") ?? []);
      const { result, seen } = await duringCall(before, async () => await handler(request));
      const marks = marksOf(name, args, seen);
      const news = union(before, marks).slice(before.length);
      return labelled(result, news);
    },
  });
}
