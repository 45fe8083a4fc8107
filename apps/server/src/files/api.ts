import { z } from "zod";

/** What is said of the files of agents between the owner process and its clients. Times are ISO 8601. */

const agent = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "An agent's id is up to 32 lower-case letters, digits and hyphens.");
const path = z
  .string()
  .min(1, "Name a file, such as artifacts/report.md.")
  .refine((text) => !text.includes("\0") && text.split("/").every((name) => !["", ".", ".."].includes(name)), {
    message: "A path has no empty names, no . and no .., such as artifacts/report.md.",
  });
const version = z.coerce.number().int().positive("A version is a number that the history shows.");

export const FilesQuery = z.object({ agent, prefix: z.string().default("") });
export const FileQuery = z.object({ agent, path });
export const VersionQuery = z.object({ agent, path, version: version.optional() });

export const AgentFile = z.object({
  /** Below the agent's own files: `artifacts/report.md`. */
  path: z.string(),
  version: z.number(),
  /** `conflict`: was put at the same time as the file's newest, and is kept beside it. */
  kind: z.enum(["written", "deleted", "conflict"]),
  /** Bytes. */
  size: z.number(),
  sha256: z.string(),
  time: z.string(),
  writer: z.string().optional(),
});
export type AgentFile = z.infer<typeof AgentFile>;

export const FilesAnswer = z.object({ files: z.array(AgentFile) });
export const HistoryAnswer = z.object({ versions: z.array(AgentFile) });
export const FileAnswer = z.object({ file: AgentFile });
