import { createHash } from "node:crypto";
import { z } from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One link of the chain of an agent: some entries, encrypted, and the hash of the link before. */
export const ChainRecord = z.strictObject({
  v: z.literal(1),
  /** Whose chain it is: a record of another one does not fit. */
  agent: z.string(),
  /** From 1. */
  seq: z.int().positive(),
  /** SHA-256 of the message before on this subject, byte for byte; zeros if there is none. */
  prev: hash,
  at: z.iso.datetime(),
  /** The host that wrote it. */
  host: z.string(),
  count: z.int().nonnegative(),
  /** Entries before this record that could not be stored, or of which nobody knows. */
  lost: z.int().positive().optional(),
  /** SHA-256 of the content. That has a salt in it, so nothing can be guessed from here when its key is gone. */
  digest: hash,
  /** Names the key that the content is encrypted under. */
  key: z.string(),
  sealed: z.string(),
});
export type ChainRecord = z.infer<typeof ChainRecord>;

/** What is encrypted in a record. */
export const RecordContent = z.object({ salt: z.string(), entries: z.array(z.looseObject({ at: z.string() })) });
/** An entry as it is read back: its time, and what was given to be recorded. */
export type StoredEntry = z.infer<typeof RecordContent>["entries"][number];

/** What the first record of a chain has in the place of a hash. */
export const BEGINNING = "0".repeat(64);

/** The record that a message holds; undefined for anything else, such as what was written before there was a chain. */
export function parseRecord(text: string): ChainRecord | undefined {
  try {
    return ChainRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // It is no JSON, so it is no record: whoever reads the chain says so.
  }
}

export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** As it stands in the subject and in records. A VM's name may have dots. */
export function chainName(agent: string): string {
  return agent.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}
