import type { Root } from "mdast";
import { markdownTree } from "./article-tree.js";
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

/** The file of a text: the same bytes for the same text. What only one format needs is loaded when it is asked for. */
export async function renderText(document: TextDocument, format: DocumentFormat): Promise<Uint8Array> {
  return await layOut(document, { type: "root", children: markdownTree(document.markdown, document.title) }, format);
}

export async function layOut(facts: DocumentFacts, tree: Root, format: DocumentFormat): Promise<Uint8Array> {
  switch (format) {
    case "html": {
      const { htmlPage } = await import("./html-page.js");
      return Buffer.from(htmlPage(facts, tree));
    }
    case "pdf": {
      const { pdfFile } = await import("./pdf/pdf-file.js");
      return await pdfFile(facts, tree);
    }
    case "docx": {
      const { docxFile } = await import("./docx/docx-file.js");
      return docxFile(facts, tree);
    }
  }
}
