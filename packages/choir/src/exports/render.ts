import { articleTree } from "./article-tree.js";
import { bibtexEntry } from "./bibtex.js";
import { cslJson } from "./csl-json.js";
import { documentOf, type ExportedArticle } from "./exported-article.js";
import type { ExportFormat } from "./format.js";
import { layOut } from "./lay-out.js";
import { markdownFile } from "./markdown-file.js";

/** The file of an article in a format: the same bytes for the same article. What only one format needs is loaded when it is asked for. */
export async function renderArticle(exported: ExportedArticle, format: ExportFormat): Promise<Uint8Array> {
  switch (format) {
    case "markdown":
      return Buffer.from(markdownFile(exported.article));
    case "bibtex":
      return Buffer.from(bibtexEntry(exported));
    case "csl-json":
      return Buffer.from(cslJson(exported));
    case "html":
    case "pdf":
    case "docx":
      return await layOut(documentOf(exported.article), articleTree(exported), format);
  }
}
