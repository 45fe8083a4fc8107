import { tool } from "langchain";
import { z } from "zod";
import { taskAtWork } from "../middleware/task.js";
import { recorderOf } from "../research/recorder.js";
import { visibleText } from "../sanitize.js";
import type { ToolContext } from "./context.js";

const MOST_AT_ONCE = 40;

const ClaimInput = z.object({
  text: z.string().trim().min(1).max(1_000).describe("One statement in one sentence that can be read alone"),
  question: z.string().trim().max(500).optional().describe("The question that it answers, in the words of your task"),
  hypothesis: z
    .object({ id: z.string().trim().min(1).max(20), stance: z.enum(["for", "against"]) })
    .optional()
    .describe("The hypothesis of your task that it speaks for or against"),
  support: z
    .array(
      z.object({
        source: z.string().trim().min(2).max(12).describe("Id of a source that was read, such as S3"),
        quote: z.string().trim().min(1).max(2_000).describe("The words of the source that say it, copied exactly"),
      }),
    )
    .min(1)
    .max(8),
});

/** `record_claims`: what sources say, kept for the whole run with the words that say it. */
export function recordClaims(context: ToolContext) {
  return tool(
    async ({ claims }) => {
      const by = recorderOf(taskAtWork() ?? "main");
      const recorded: { id: string; text: string }[] = [];
      const refused: { text: string; message: string }[] = [];
      // One whose quotation is not there must not cost the others.
      for (const { text, support, ...claim } of claims) {
        const plain = visibleText(text);
        const quotes = support.map(({ source, quote }) => ({
          source: source.replace(/[[\]]/g, "").toUpperCase(),
          quote,
        }));
        try {
          const [kept] = await context.claims.record([{ ...claim, text: plain, support: quotes, by }]);
          if (kept !== undefined) recorded.push({ id: kept.id, text: kept.text });
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "EvidenceError") throw error;
          refused.push({ text: plain, message: error.message });
        }
      }
      return JSON.stringify({ recorded, refused });
    },
    {
      name: "record_claims",
      description:
        "Records what sources say, for the main agent and the other researchers: each claim with the source's own words for it, which must stand " +
        "in the source exactly so. Returns {recorded: [{id, text}], refused: [{text, message}]}; mend and record again what was refused. " +
        "Recording the same claim again gives the same id.",
      schema: z.object({ claims: z.array(ClaimInput).min(1).max(MOST_AT_ONCE) }),
    },
  );
}
