import type { ExtractedText } from "../src/sources/extraction.js";
import { kindOf, type SourceKind } from "../src/sources/media.js";
import { cleaned, MAX_TEXT } from "../src/sources/plain.js";
import { readCsv } from "./csv.js";
import { readDocx } from "./docx.js";
import { ReaderFailure } from "./failure.js";
import { readHtml } from "./html/page.js";
import { readPdf } from "./pdf/document.js";
import { readMarkdown, readPlain } from "./plain.js";

/**
 * The text of a document, and title, author, date and language where it gives them.
 * @param name a file name or URL
 * @throws ReaderFailure if it is not a readable document or has no text
 */
export async function extract(bytes: Uint8Array, mediaType: string, name: string): Promise<ExtractedText> {
  if (bytes.length === 0) throw new ReaderFailure("no_text", "The document is empty.");
  const found = kindOf(bytes, mediaType, name);
  if (found.kind === undefined) throw new ReaderFailure("unsupported", found.reason);
  const raw = await read(found.kind, bytes, mediaType, name);
  const extracted = cleaned(raw);
  if (extracted.text === "") throw new ReaderFailure("no_text", "The document has no text.");
  return extracted;
}

async function read(kind: SourceKind, bytes: Uint8Array, mediaType: string, name: string): Promise<ExtractedText> {
  switch (kind) {
    case "pdf":
      return await readPdf(bytes, MAX_TEXT);
    case "docx":
      return await readDocx(bytes);
    case "html":
      return readHtml(bytes, mediaType, name);
    case "csv":
      return readCsv(bytes, mediaType, MAX_TEXT);
    case "markdown":
      return readMarkdown(bytes, mediaType);
    case "text":
      return readPlain(bytes, mediaType);
  }
}
