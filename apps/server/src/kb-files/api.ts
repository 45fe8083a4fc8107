import { z } from "zod";

/** What goes between the knowledge base and files: exports and imports. */

export const ExportQuery = z.strictObject({
  format: z.enum(["markdown", "html", "pdf", "docx", "bibtex", "csl-json"], "must be a format of kb export"),
});

export const Import = z.strictObject({
  /** An absolute path of the server's host. */
  path: z.string().max(4_096),
  /** An author of the home or a new one, who signs; absent: the first one. */
  author: z.string().max(200).optional(),
  licence: z.string().max(200).optional(),
  tags: z.array(z.string().max(200)).max(100).optional(),
  dryRun: z.boolean().optional(),
});
export type Import = z.infer<typeof Import>;

export const ImportReport = z.object({
  published: z.int(),
  already: z.int(),
  failed: z.int(),
  problems: z.array(z.object({ from: z.string(), problem: z.string() })),
});
export type ImportReport = z.infer<typeof ImportReport>;
