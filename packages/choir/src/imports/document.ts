import { z } from "zod";
import { MAX_MARKDOWN_BYTES } from "../articles/article.js";
import { ChoirError } from "../errors.js";

/** A text that is to become an article. */
export interface ImportedDocument {
  /** Where it lies, from the folder or the file that is imported on: part of what the article's id is made from. */
  from: string;
  markdown: string;
  /** Taken if the text has no heading of the first level. */
  title: string;
  author?: string;
  /** ISO 8601. */
  date?: string;
  tags?: string[];
  licence?: string;
  language?: string;
  url?: string;
}

/** What could not be taken in, and why, in a sentence. */
export interface ImportProblem {
  from: string;
  problem: string;
}

/** A day or a moment, as ISO 8601 in UTC. */
const dateSchema = z
  .union([z.string(), z.date(), z.number().int().min(1_000).max(9_999)])
  .transform((value, context) => {
    const date = new Date(typeof value === "number" ? String(value) : value);
    if (!Number.isNaN(date.getTime()) && date.getUTCFullYear() <= 9_999) return date.toISOString();
    context.addIssue("must be a date such as 2026-01-31");
    return z.NEVER;
  });

const listSchema = z.union([
  z.array(z.string()),
  z.string().transform((text) => text.split(",").filter((tag) => tag.trim() !== "")),
]);
const textSchema = z.string().transform((text) => text.trim() || undefined);

/** What is said of a text beside it, in front matter or in a line of JSON; what has other names is left alone. */
const detailsSchema = z.object({
  title: textSchema.nullish(),
  author: z.union([textSchema, z.array(z.string()).transform((names) => names.join(", ") || undefined)]).nullish(),
  date: dateSchema.nullish(),
  tags: listSchema.nullish(),
  licence: textSchema.nullish(),
  license: textSchema.nullish(),
  language: textSchema.nullish(),
  lang: textSchema.nullish(),
  url: z.string().max(4_000).nullish(),
});
export type ImportDetails = Omit<ImportedDocument, "from" | "markdown" | "title"> & { title?: string };

/** @throws ChoirError `invalid_import` that names the first wrong field */
export function parseDetails(value: unknown): ImportDetails {
  const parsed = detailsSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join(".") || "it"}: ${issue?.message ?? "cannot be understood"}.`, parsed.error);
  }
  const { title, author, date, tags, licence, license, language, lang, url } = parsed.data;
  const found = { title, author, date, tags, licence: licence ?? license, language: language ?? lang, url };
  return Object.fromEntries(Object.entries(found).filter(([, detail]) => detail != null));
}

/** @throws ChoirError `too_large` */
export function checkBytes(bytes: number): void {
  if (bytes <= MAX_MARKDOWN_BYTES) return;
  throw new ChoirError("too_large", `It has ${(bytes / 2 ** 20).toFixed(1)} MiB and may have 2 MiB: split it.`);
}

/** UTF-8 as text. @throws ChoirError `invalid_import` */
export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid("It is not UTF-8 text: save it as UTF-8.", cause);
  }
}

export function invalid(message: string, cause?: unknown): ChoirError {
  return new ChoirError("invalid_import", message, { cause });
}

/** The problem with one text; what is wrong with more than it is thrown on. */
export function asProblem(from: string, error: unknown): ImportProblem {
  if (error instanceof ChoirError) return { from, problem: error.message };
  throw error;
}
