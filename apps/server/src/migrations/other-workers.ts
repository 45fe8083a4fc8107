import { type Backbone, BackboneError, STATE_VERSION } from "@vibewriter/backbone";
import { z } from "zod";

/** A worker that has said nothing for so long is dead. */
const SILENT_MS = 20_000;

/** What is read of a worker's word, whatever its version says besides. Release 0.1.0 had no workers. */
const Presence = z.looseObject({
  id: z.string(),
  machine: z.string().optional(),
  version: z.string().optional(),
  stateVersion: z.int().optional(),
  at: z.string(),
});

/**
 * Refuses to use, and above all to migrate, what workers of another version are working on.
 * @throws BackboneError `other_version` that names one of them
 */
export async function requireSameWorkers(backbone: Backbone): Promise<void> {
  const workers = await backbone.records("VIBEWRITER_WORKERS", Presence);
  const other = (await workers.list())
    .map(({ value }) => value)
    .find(({ at, stateVersion }) => stateVersion !== STATE_VERSION && Date.now() - Date.parse(at) < SILENT_MS);
  if (other === undefined) return;
  const where = other.machine === undefined ? other.id : `${other.id} on ${other.machine}`;
  const which = `Vibewriter ${other.version ?? "of another version"}, state version ${other.stateVersion ?? "unknown"}`;
  throw new BackboneError(
    "other_version",
    `The worker ${where} is ${which}, and this program's is ${STATE_VERSION}; stop it, and use one version on all hosts.`,
  );
}
