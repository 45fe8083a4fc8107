import { tool } from "langchain";
import { z } from "zod";
import { oneLine } from "../sanitize.js";
import type { ToolContext } from "./context.js";

/** `stop_without_report`: the honest end of a run that cannot be done. */
export function stopWithoutReport(context: ToolContext) {
  return tool(
    async ({ reason, explanation }) => {
      await context.stop(reason, oneLine(explanation, 1_000));
      return "Noted. Tell the person in a sentence or two, and end.";
    },
    {
      name: "stop_without_report",
      description:
        "Ends the work without a report, when the sources do not hold enough evidence for the request (not_enough_evidence) or the request " +
        "cannot be met (cannot_do). Better than a report that guesses.",
      schema: z.object({
        reason: z.enum(["not_enough_evidence", "cannot_do"]),
        explanation: z
          .string()
          .trim()
          .min(1)
          .max(4_000)
          .describe("What was looked for and what was missing, for the person who asked"),
      }),
    },
  );
}
