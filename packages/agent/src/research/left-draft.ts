import type { EmitEvent } from "../middleware/run-scope.js";
import { readDraft } from "../publishing/publish.js";
import { FIRST_TURN, type RunRecord } from "../runs/record.js";
import type { ToolContext } from "../tools/context.js";
import { findingsOfRun } from "../tools/findings.js";
import { Refusal } from "../tools/refusal.js";
import { checkDraft } from "../verification/check-draft.js";
import { type Asked, unanswered } from "./asked.js";
import { synthesize } from "./synthesis.js";

/** What is laid out for an agent that has checked no draft, in the run's folder. */
const LEFT = "left-draft.md";

/**
 * Synthesis always happens: where an agent has ended without a draft that was checked, what it had written is checked, or, if it had written nothing,
 * the claims that were recorded are put together. It is laid out as a draft and published by nobody. An agent that says itself that the
 * evidence is not enough has no draft, and neither has one that has found nothing.
 * @param o.asked what its researchers were sent for: what of it nobody has answered is named
 * @param o.why it ended, in half a sentence
 */
export async function leaveDraft(
  context: ToolContext,
  record: RunRecord,
  o: { asked: () => Promise<Asked>; emit: EmitEvent; why: string },
): Promise<void> {
  if (record.work !== FIRST_TURN || context.isStopped()) return;
  const { article, declined } = await context.publications.get();
  const isChecked = (await context.verifications.all()).some(({ filepath }) => !filepath.endsWith(`/${LEFT}`));
  if (article !== undefined || declined !== undefined || isChecked) return;
  const draft =
    (await written(context, `${context.workspace.folder}/draft.md`)) ?? (await synthesized(context, record, o));
  if (draft === undefined) return;
  const filepath = `${context.workspace.folder}/${LEFT}`;
  const say = (text: string) => o.emit({ type: "log", data: { level: "warn", text } }, `left.${record.drives}`);
  try {
    await context.verifications.put(filepath, draft, await checkDraft(context, draft));
  } catch (error) {
    // It holds a key: the run has ended all the same.
    if (!(error instanceof Refusal)) throw error;
    return await say(`${o.why} without a checked draft, and what there was is not laid out. ${error.message}`);
  }
  await context.workspace.write(filepath, draft);
  await say(`${o.why} without a checked draft; what there was is laid out as one, with what is missing.`);
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

async function synthesized(
  context: ToolContext,
  record: RunRecord,
  o: { asked: () => Promise<Asked> },
): Promise<string | undefined> {
  const [asked, claims] = await Promise.all([o.asked(), context.claims.list()]);
  if (claims.length === 0) return undefined;
  const { hypotheses } = asked;
  return synthesize(record.request, await findingsOfRun(context, { questions: unanswered(asked, claims), hypotheses }));
}
