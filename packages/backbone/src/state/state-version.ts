import { z } from "zod";
import type { Backbone } from "../backbone.js";
import { BackboneError } from "../errors.js";

/** The version of all that is kept in a home and on NATS. It grows when an older program could not read, or would spoil, what a newer one writes. */
export const STATE_VERSION = 3;

const BUCKET = "VIBEWRITER_META";
const KEY = "state";

/** What `VIBEWRITER_META` says of the state, under `state`. */
const StateMeta = z.looseObject({ version: z.int().positive(), program: z.string(), at: z.string() });

/** The version of the state that NATS has; undefined if nobody has written one, as release 0.1.0 did not. */
export async function readStateVersion(backbone: Backbone): Promise<number | undefined> {
  const records = await backbone.records(BUCKET, StateMeta);
  return (await records.get(KEY))?.value.version;
}

/** Writes the version that the state has from now on; one that is higher already stays. */
export async function writeStateVersion(backbone: Backbone, version: number, program: string): Promise<void> {
  const records = await backbone.records(BUCKET, StateMeta);
  await records.update(KEY, (now) =>
    now !== undefined && now.version >= version ? undefined : { version, program, at: new Date().toISOString() },
  );
}

/**
 * What every worker asks before it touches a run.
 * @throws BackboneError `other_version` if the state is not of the version that this program knows
 */
export async function requireStateVersion(backbone: Backbone): Promise<void> {
  const version = await readStateVersion(backbone);
  if (version !== undefined && version !== STATE_VERSION) throw otherVersion(version);
}

/** Says which side is the older one, and what to do about it. */
export function otherVersion(version: number): BackboneError {
  const [found, known] = [`state version ${version}`, `version ${STATE_VERSION}`];
  return new BackboneError(
    "other_version",
    version > STATE_VERSION
      ? `What is stored was written by a newer Vibewriter (${found}, this program knows ${known}); update this one, or use another home.`
      : `What is stored is of an older Vibewriter (${found}, this program needs ${known}); start its server once to have it migrated.`,
  );
}
