import { isAbsolute } from "node:path";
import { z } from "zod";

/** What is said of an agent's data between the owner process and its clients. */

const agent = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "An agent's id is up to 32 lower-case letters, digits and hyphens.");

export const AgentName = z.object({ agent });
export const DataExportRequest = z.strictObject({
  folder: z.string().refine(isAbsolute, "It must be an absolute path"),
});

export const DataExport = z.object({
  folder: z.string(),
  files: z.int(),
  bytes: z.number(),
  /** Entries of its audit that cannot be read here: the key is another host's, or was destroyed. */
  closed: z.int(),
});
export type DataExport = z.infer<typeof DataExport>;

export const DataErased = z.object({
  runs: z.int(),
  files: z.int(),
  memories: z.int(),
  records: z.int(),
  /** Whether there was a key to the contents of its audit here. */
  audit: z.boolean(),
  /** Whether it had a VM here. */
  vm: z.boolean(),
  /** Sentences: what cannot be erased here, and why. */
  stays: z.array(z.string()),
});
export type DataErased = z.infer<typeof DataErased>;
