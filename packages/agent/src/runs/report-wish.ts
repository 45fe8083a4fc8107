import type { CitationStyleName } from "@vibewriter/evidence";
import { z } from "zod";

const STYLES = [
  "numbered",
  "apa",
  "mla",
  "chicago-author-date",
  "chicago-notes",
  "ieee",
  "acm",
] as const satisfies readonly (CitationStyleName | "numbered")[];

/** How a report is to be laid out beside the one that is published: its style guide, its citations, the formats of its files. */
export const ReportStyle = z.object({
  /** A style guide by its name and with its text: a file of the person's may have changed when the report is there. */
  guide: z.object({ name: z.string().min(1).max(4_096), text: z.string().max(32_000) }).optional(),
  /** Default: those of the guide, or numbers. */
  citations: z.enum(STYLES).optional(),
});
export type ReportStyle = z.infer<typeof ReportStyle>;

/** What a run is asked to lay out. */
export const ReportWish = ReportStyle.extend({
  formats: z
    .array(z.enum(["html", "pdf", "docx"]))
    .max(3)
    .default([]),
});
export type ReportWish = z.infer<typeof ReportWish>;

/** What a report can be had as. */
export const REPORT_FORMATS = ["markdown", "html", "pdf", "docx", "bibtex", "csl-json"] as const;
export const ReportFormat = z.enum(REPORT_FORMATS);
export type ReportFormat = z.infer<typeof ReportFormat>;
