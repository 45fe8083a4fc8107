import { z } from "zod";

/** Somebody who wrote or edited something; `literal` is an organisation, or a name that cannot be taken apart. */
export const CslName = z.object({
  family: z.string().optional(),
  given: z.string().optional(),
  suffix: z.string().optional(),
  literal: z.string().optional(),
});
export type CslName = z.infer<typeof CslName>;

/** `[year]`, `[year, month]` or `[year, month, day]`; months count from 1. */
export const CslDate = z.object({ "date-parts": z.tuple([z.array(z.int()).min(1).max(3)]) });
export type CslDate = z.infer<typeof CslDate>;

const CSL_TYPES = [
  "article",
  "article-journal",
  "book",
  "dataset",
  "document",
  "paper-conference",
  "report",
  "webpage",
] as const;

/** A reference as CSL-JSON 1.0.2 has it, as far as the citation styles here use it. */
export const CslItem = z.object({
  id: z.string(),
  type: z.enum(CSL_TYPES),
  title: z.string().optional(),
  author: z.array(CslName).optional(),
  issued: CslDate.optional(),
  /** When it was read. */
  accessed: CslDate.optional(),
  "container-title": z.string().optional(),
  publisher: z.string().optional(),
  "publisher-place": z.string().optional(),
  edition: z.string().optional(),
  volume: z.string().optional(),
  issue: z.string().optional(),
  /** `36-44` */
  page: z.string().optional(),
  number: z.string().optional(),
  version: z.string().optional(),
  /** When and where a conference was, as its proceedings say it. */
  event: z.string().optional(),
  DOI: z.string().optional(),
  URL: z.string().optional(),
  /** The address of what is not on the web: a file, or an article of the knowledge base. */
  archive_location: z.string().optional(),
  note: z.string().optional(),
});
export type CslItem = z.infer<typeof CslItem>;

/** The year, month and day of a date, as far as it has them. */
export function partsOf(date: CslDate | undefined): { year?: number; month?: number; day?: number } {
  const [year, month, day] = date?.["date-parts"][0] ?? [];
  return { year, month, day };
}

/** References as one file of CSL-JSON, as reference managers read it. */
export function cslJsonOf(items: readonly CslItem[]): string {
  return `${JSON.stringify(items, undefined, 2)}\n`;
}
