import { z } from "zod";

/** What is said of the audit between the owner process and its clients. Times are ISO 8601. */

/** As agents are named; a VM of a person's own is one for the audit, too. */
const agent = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "An agent's id has letters, digits, hyphens and dots only.");

export const AuditQuery = z.object({ agent: agent.optional() });
export const AuditEntriesQuery = AuditQuery.extend({
  run: z.string().min(1).max(200).optional(),
  kind: z.string().min(1).max(32).optional(),
  since: z.iso.datetime("Say since when as in 2026-11-26T12:00:00Z.").optional(),
  /** `1`: go on with what is recorded. */
  follow: z.literal("1").optional(),
});
export type AuditEntriesQuery = z.infer<typeof AuditEntriesQuery>;

export const AuditedEntry = z.object({
  agent: z.string(),
  /** The number of its record in the chain; 0 for what was written before there was one. */
  record: z.int(),
  entry: z.looseObject({ at: z.string(), kind: z.string().optional(), run: z.string().optional() }),
});
export type AuditedEntry = z.infer<typeof AuditedEntry>;

/** A record whose content cannot be read here: its key is another host's, or was destroyed. */
export const ClosedRecord = z.object({
  agent: z.string(),
  record: z.int(),
  at: z.string(),
  count: z.int(),
  host: z.string(),
});
export type ClosedRecord = z.infer<typeof ClosedRecord>;

export const ChainBreak = z.object({
  kind: z.enum(["missing", "reordered", "altered", "foreign", "cut_beginning", "cut_end", "signature"]),
  record: z.int(),
  position: z.int().optional(),
  text: z.string(),
});
export const ChainReport = z.object({
  agent: z.string(),
  before: z.int(),
  records: z.int(),
  entries: z.int(),
  lost: z.int(),
  closed: z.int(),
  first: z.int(),
  last: z.int(),
  anchored: z.int(),
  signers: z.array(z.string()),
  broken: ChainBreak.optional(),
});
export type ChainReport = z.infer<typeof ChainReport>;

export const AuditVerification = z.object({ chains: z.array(ChainReport), key: z.string() });
export type AuditVerification = z.infer<typeof AuditVerification>;
