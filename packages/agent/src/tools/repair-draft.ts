import { type Change, gate, repairDraft } from "@vibewriter/evidence";
import { tool } from "langchain";
import { z } from "zod";
import { readDraft } from "../publishing/publish.js";
import { oneLine } from "../sanitize.js";
import { checkDraft } from "../verification/check-draft.js";
import type { ToolContext } from "./context.js";

const MOST_CHANGES = 60;

/** `repair_draft`: mends or removes the sentences of a draft that do not hold, and leaves all others as they are. */
export function repairDraftTool(context: ToolContext) {
  return tool(
    async ({ filepath }, config) => {
      const draft = await readDraft(context, filepath);
      const sources = await context.sources.texts();
      const signal = config?.signal ?? new AbortController().signal;
      const repaired = await repairDraft(draft, sources, {
        check: (text) => checkDraft(context, text, signal),
        ...(context.judges !== undefined && { reword: context.judges.reword }),
        signal,
      });
      const { verification, changes } = repaired;
      const before = filepath.replace(/(\.[^./]*)?$/, ".before-repair$1");
      if (changes.length > 0) {
        await context.workspace.write(before, draft);
        await context.workspace.write(filepath, repaired.draft);
        await context.verifications.put(filepath, repaired.draft, verification);
      }
      return JSON.stringify({
        filepath,
        ...(changes.length > 0 && { before }),
        passed: gate(verification, repaired.draft).pass,
        rate: Number(verification.citations.rate.toFixed(3)),
        coverage: Number(verification.coverage.share.toFixed(3)),
        changes: changes.slice(0, MOST_CHANGES).map(shown),
        more_changes: Math.max(0, changes.length - MOST_CHANGES),
      });
    },
    {
      name: "repair_draft",
      description:
        "Checks a draft in the VM and mends the sentences that do not hold, in at most two rounds: cites the source that says it, drops one that does " +
        "not, narrows the sentence, or removes it. Sentences that hold stay as they are. The draft before is kept beside it. Returns {filepath, before?, " +
        "passed, rate, coverage, changes: [{how, before, after, why}]}; the result counts as verify_citations of exactly this text.",
      schema: z.object({ filepath: z.string().min(1).max(4_096).describe("Absolute path of the draft in the VM") }),
    },
  );
}

function shown({ how, before, after, why }: Change) {
  return { how, before: oneLine(before, 400), after: oneLine(after, 400), why: oneLine(why, 300) };
}
