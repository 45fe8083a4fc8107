import { isAbsolute } from "node:path";
import { z } from "zod";

/** What is said of NATS between the owner process and its clients. Sizes are bytes. */

export const Status = z.object({
  server: z.object({
    name: z.string(),
    version: z.string(),
    tier: z.enum(["full", "degraded"]),
    cluster: z.string().optional(),
    /** What is not as it should be with an old one. */
    warning: z.string().optional(),
  }),
  /** Copies of each stream. */
  replicas: z.int(),
  storage: z.object({ used: z.number(), limit: z.number() }),
  streams: z.array(
    z.object({
      name: z.string(),
      messages: z.number(),
      bytes: z.number(),
      lastSeq: z.number(),
      leader: z.string().optional(),
      copies: z.array(z.object({ server: z.string(), isCurrent: z.boolean(), isOffline: z.boolean() })),
      consumers: z.array(
        z.object({ name: z.string(), waiting: z.number(), unacknowledged: z.number(), redelivered: z.number() }),
      ),
    }),
  ),
});
export type Status = z.infer<typeof Status>;

export const BackupRequest = z.strictObject({
  /** A folder that is not there yet, which the server makes; absolute, because the server has another working folder. */
  folder: z.string().refine(isAbsolute, "The path of the backup must be absolute."),
  /** What its keys are encrypted under. */
  passphrase: z.string().min(8, "A passphrase has at least 8 characters: choose a longer one.").max(10_000).optional(),
});

export const Backup = z.object({
  createdAt: z.string(),
  streams: z.array(z.object({ name: z.string(), messages: z.number(), bytes: z.number(), sha256: z.string() })),
  keys: z.object({
    authors: z.int(),
    /** Secrets by name. */
    secrets: z.int(),
    /** Agents whose audit can be read. */
    audits: z.int(),
    /** Whether all of them are in it, under its passphrase. Otherwise the authors' are, and the others were left out. */
    isSealed: z.boolean(),
  }),
});
export type Backup = z.infer<typeof Backup>;

export const Verified = z.object({
  /** Messages that were read, by stream. */
  read: z.record(z.string(), z.number()),
  /** Versions of files whose content was read. */
  files: z.number(),
  /** Checkpoints that were read with their values. */
  checkpoints: z.number(),
  problems: z.array(z.object({ stream: z.string(), problem: z.string() })),
});
export type Verified = z.infer<typeof Verified>;

export const Progress = z.object({ stream: z.string(), done: z.number(), of: z.number() });
export type Progress = z.infer<typeof Progress>;
