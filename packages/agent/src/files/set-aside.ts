import type { FileStore } from "@vibewriter/backbone";
import { hasEndedLongAgo } from "../runs/ended.js";
import type { RunRecord } from "../runs/record.js";

/** What the file tools and the summaries have set aside for a run: results too large for a message, messages that were summarized. */
const SET_ASIDE = /^[^/]+\/(?:replays\/[^/]+\/)?(?:large_tool_results|conversation_history)\//;

/**
 * Forgets what was set aside for runs that ended a week ago, as their checkpoints are; the VMs' copies go with the next synchronisation. What
 * another run has written since stays. Run it again at any time. @returns how many files are gone
 */
export async function forgetSetAside(
  files: Pick<FileStore, "list" | "forget">,
  runs: readonly Pick<RunRecord, "runId" | "status" | "finishedAt">[],
): Promise<number> {
  const ended = new Set(runs.filter((run) => hasEndedLongAgo(run)).map(({ runId }) => runId));
  if (ended.size === 0) return 0;
  let gone = 0;
  for (const { key, version, writer } of await files.list()) {
    if (!SET_ASIDE.test(key) || writer === undefined || !ended.has(writer)) continue;
    if (await files.forget(key, { expected: version, writer: "age" })) gone++;
  }
  return gone;
}
