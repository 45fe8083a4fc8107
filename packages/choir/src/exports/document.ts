import type { ExportFormat } from "./format.js";

/** What stands around the text of a page, a PDF or a DOCX file. */
export interface DocumentFacts {
  title: string;
  author: string;
  /** ISO 8601. */
  date: string;
  /** BCP 47. */
  language?: string;
  tags: readonly string[];
  /** Each a plain line under the title. */
  lines: readonly string[];
  /** What a reader has to know first, and what it puts in front of the title of a window. */
  notice?: { text: string; label: string };
}

/** The formats in which a text is laid out. */
export type DocumentFormat = Extract<ExportFormat, "html" | "pdf" | "docx">;

/** A text that is no article of the knowledge base, such as the report of a run. */
export interface TextDocument extends DocumentFacts {
  markdown: string;
}
