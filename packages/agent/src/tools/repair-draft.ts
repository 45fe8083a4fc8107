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
      const { verification, changes, notReworded } = repaired;
      const before = changes.length === 0 ? undefined : await freeName(context, filepath);
      if (before !== undefined) {
        await context.workspace.write(before, draft);
        await context.workspace.write(filepath, repaired.draft);
        await context.verifications.put(filepath, repaired.draft, verification);
      }
      return JSON.stringify({
        filepath,
        ...(before !== undefined && { before }),
        passed: gate(verification, repaired.draft).pass,
        rate: Number(verification.citations.rate.toFixed(3)),
        coverage: Number(verification.coverage.share.toFixed(3)),
        changes: changes.slice(0, MOST_CHANGES).map(shown),
        more_changes: Math.max(0, changes.length - MOST_CHANGES),
        ...(notReworded !== undefined && { not_reworded: notReworded }),
      });
    },
    {
      name: "repair_draft",
      description:
        "Checks a draft in the VM and mends the sentences that do not hold, in at most two rounds: cites the source that says it, drops one that does " +
        "not, says it as weakly as its source, narrows the sentence, or removes it. Sentences that hold stay as they are; one that opens with a word for " +
        "something in a removed one gets the name, or goes too. The draft before is kept beside it. Returns {filepath, before?, passed, rate, coverage, " +
        "changes: [{how, before, after, why}], not_reworded?}; the result counts as verify_citations of exactly this text.",
      schema: z.object({ filepath: z.string().min(1).max(4_096).describe("Absolute path of the draft in the VM") }),
    },
  );
}

/** Where a draft is kept as it was: no repair writes over what an earlier one has kept. */
async function freeName({ workspace }: ToolContext, filepath: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = filepath.replace(/(\.[^./]*)?$/, `.before-repair${count === 1 ? "" : `-${count}`}$1`);
    if ((await workspace.read(name)) === undefined) return name;
  }
}

function shown({ how, before, after, why }: Change) {
  return { how, before: oneLine(before, 400), after: oneLine(after, 400), why: oneLine(why, 300) };
}
