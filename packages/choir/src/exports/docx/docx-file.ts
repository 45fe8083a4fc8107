import { zipSync } from "fflate";
import type { Root } from "mdast";
import type { DocumentFacts } from "../document.js";
import { notesOf } from "../notes.js";
import { escapeMarkup } from "../safe-text.js";
import { DocxBody, paragraph, run } from "./body.js";
import {
  CONTENT_TYPES,
  coreProperties,
  documentRelations,
  noteRelations,
  numbering,
  PACKAGE_RELATIONS,
  SETTINGS,
  styles,
  wordPart,
} from "./parts.js";

/** The first day that a ZIP file can name, for all its entries: when it was made does not matter. */
const NO_TIME = new Date(1980, 0, 1);

/** The text as a DOCX file (ECMA-376 transitional), the same bytes for the same text. */
export function docxFile(facts: DocumentFacts, tree: Root): Uint8Array {
  const { title, author, date, tags, language = "", lines, notice } = facts;
  const notes = notesOf(tree);
  const body = new DocxBody(notes, []);
  const content = [
    paragraph("Title", "", run(title, {})),
    ...(notice === undefined ? [] : [paragraph("Notice", "", run(notice.text, {}))]),
    ...lines.map((fact) => paragraph("Facts", "", run(fact, {}))),
    paragraph(undefined, "", ""),
    body.blocks(tree.children),
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1304" w:right="1304" w:bottom="1304" w:left="1304" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>',
  ];
  const noteBody = new DocxBody(notes, body.starts);
  const footnotes = noteBody.noteParts();
  const files = {
    "[Content_Types].xml": CONTENT_TYPES,
    "_rels/.rels": PACKAGE_RELATIONS,
    "docProps/core.xml": coreProperties({
      title: escapeMarkup(title),
      author: escapeMarkup(author),
      language: escapeMarkup(language),
      keywords: escapeMarkup(tags.join(", ")),
      date,
    }),
    "word/document.xml": wordPart("document", `<w:body>${content.join("")}</w:body>`),
    "word/_rels/document.xml.rels": documentRelations(body.links),
    "word/footnotes.xml": footnotes,
    "word/_rels/footnotes.xml.rels": noteRelations(noteBody.links),
    "word/numbering.xml": numbering(body.starts),
    "word/settings.xml": SETTINGS,
    "word/styles.xml": styles(escapeMarkup(language)),
  };
  const entries = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  return zipSync(Object.fromEntries(entries), { mtime: NO_TIME, level: 6 });
}
