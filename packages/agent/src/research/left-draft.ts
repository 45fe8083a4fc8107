import type { EmitEvent } from "../middleware/run-scope.js";
import { readDraft } from "../publishing/publish.js";
import { FIRST_TURN, type RunRecord } from "../runs/record.js";
import type { ToolContext } from "../tools/context.js";
import { findingsOfRun } from "../tools/findings.js";
import { Refusal } from "../tools/refusal.js";
import { checkDraft } from "../verification/check-draft.js";
import { synthesize } from "./synthesis.js";

/**
 * Synthesis always happens: where an agent has ended without a draft that was checked, what it had written is checked, or, if it had written nothing,
 * the claims that were recorded are put together. It is laid out as a draft and published by nobody. An agent that says itself that the
 * evidence is not enough has no draft, and neither has one that has found nothing.
 */
export async function leaveDraft(context: ToolContext, record: RunRecord, emit: EmitEvent): Promise<void> {
  if (record.work !== FIRST_TURN || context.isStopped()) return;
  const { article, declined } = await context.publications.get();
  if (article !== undefined || declined !== undefined || (await context.verifications.all()).length > 0) return;
  const filepath = `${context.workspace.folder}/draft.md`;
  const draft = (await written(context, filepath)) ?? (await synthesized(context, record, filepath));
  if (draft === undefined) return;
  const say = (text: string) => emit({ type: "log", data: { level: "warn", text } }, `left.${record.drives}`);
  try {
    await context.verifications.put(filepath, draft, await checkDraft(context, draft));
  } catch (error) {
    // It holds a key: the run has ended all the same.
    if (!(error instanceof Refusal)) throw error;
    return await say(`The agent ended without a checked draft, and what there was is not laid out. ${error.message}`);
  }
  await say("The agent ended without a checked draft; what there was is laid out as one, with what is missing.");
}

async function written(context: ToolContext, filepath: string): Promise<string | undefined> {
  try {
    const draft = await readDraft(context, filepath);
    return draft.trim() === "" ? undefined : draft;
  } catch (error) {
    // None was written, or what was written is none.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

async function synthesized(context: ToolContext, record: RunRecord, filepath: string): Promise<string | undefined> {
  const findings = await findingsOfRun(context, {});
  if (findings.claims.length === 0) return undefined;
  const draft = synthesize(record.request, findings);
  await context.workspace.write(filepath, draft);
  return draft;
}
