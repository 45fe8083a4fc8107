import { gate, summaryOf } from "@vibewriter/evidence";
import { tool } from "langchain";
import { z } from "zod";
import { readDraft, renderedReport } from "../publishing/publish.js";
import { checkDraft } from "../verification/check-draft.js";
import type { ToolContext } from "./context.js";
import { Refusal } from "./refusal.js";

const FILEPATH = z.string().min(1).max(4_096).describe("Absolute path of the draft in the VM");
const WHAT_IT_CHECKS =
  "Checks every cited sentence of a Markdown draft in the VM against its sources: quotes, numbers, dates, names, wording. Returns " +
  "{passed, rate, total, supported, failing: [{sentence, ids, verdict, reason}], coverage, uncited, problems}: coverage is the share of the " +
  "sentences which state something that cite, 0.8 at least, and uncited those that do not.";

/** `verify_citations`: the host's check of a draft, the one that publishing asks for. */
export function verifyCitations(context: ToolContext) {
  return tool(
    async ({ filepath }, config) => {
      const { draft, verification, summary } = await checkFile(context, filepath, config?.signal);
      await context.verifications.put(filepath, draft, verification);
      return JSON.stringify(summary);
    },
    {
      name: "verify_citations",
      description: `${WHAT_IT_CHECKS} The result counts for exactly this text: after any edit, check again.`,
      schema: z.object({ filepath: FILEPATH }),
    },
  );
}

/** `check_citations`: the same check for a script, to look ahead. Nothing that publishing asks for comes of it. */
export function lookAhead(context: ToolContext) {
  return tool(
    async ({ filepath }, config) => JSON.stringify((await checkFile(context, filepath, config?.signal)).summary),
    {
      name: "check_citations",
      description: `${WHAT_IT_CHECKS} The result counts for nothing: verify_citations of the agent does.`,
      schema: z.object({ filepath: FILEPATH }),
    },
  );
}

async function checkFile(context: ToolContext, filepath: string, signal: AbortSignal | undefined) {
  const draft = await readDraft(context, filepath);
  const verification = await checkDraft(context, draft, signal);
  const unrenderable = await whyNotRendered(context, draft);
  const summary = summaryOf(verification, gate(verification, draft), unrenderable);
  return { draft, verification, summary };
}

/** What publishing would refuse beside citations that fail, as long as it can be mended. */
async function whyNotRendered(context: ToolContext, draft: string): Promise<string | undefined> {
  try {
    await renderedReport(context, draft);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
