import type { Root } from "mdast";
import { markdownTree } from "./article-tree.js";
import type { DocumentFacts, DocumentFormat, TextDocument } from "./document.js";

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
