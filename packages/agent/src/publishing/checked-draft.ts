import type { FileStore } from "@vibewriter/backbone";
import { sha256 } from "../canonical.js";

/** A draft of a run as it was checked; undefined for one that is not in the store, or not what its name says any more. */
export async function checkedDraft(
  files: Pick<FileStore, "get">,
  { agentId, runId, draftSha256 }: { agentId: string; runId: string; draftSha256: string },
): Promise<string | undefined> {
  const bytes = await files.get(`${agentId}/drafts/${runId}/${draftSha256}.md`);
  const draft = bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return draft !== undefined && sha256(draft) === draftSha256 ? draft : undefined;
}
