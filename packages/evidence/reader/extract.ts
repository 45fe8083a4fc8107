import type { ExtractedText } from "../src/sources/extraction.js";
import { kindOf, type SourceKind } from "../src/sources/media.js";
import { readCsv } from "./csv.js";
import { readDocx } from "./docx.js";
import { ReaderFailure } from "./failure.js";
import { readHtml } from "./html/page.js";
import { readPdf } from "./pdf/document.js";
import { readMarkdown, readPlain } from "./plain.js";

/** The longest text that is given back, in UTF-16 code units; about 400,000 words. */
export const MAX_TEXT = 2_500_000;

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
  const whole = clean(raw.text);
  if (whole === "") throw new ReaderFailure("no_text", "The document has no text.");
  return {
    title: line(raw.title),
    author: line(raw.author),
    date: line(raw.date),
    language: line(raw.language),
    text: whole.slice(0, MAX_TEXT),
    ...(raw.truncated || whole.length > MAX_TEXT ? { truncated: true } : {}),
    note: line(raw.note),
  };
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

/** Removes what a person would not see and a model would: zero-width, direction and tag characters, controls. */
function clean(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\r\n?/g, "\n")
    .replace(/\p{Cc}/gu, (char) => (char === "\n" || char === "\t" ? char : ""))
    .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function line(value: string | undefined): string | undefined {
  const flat = clean(value ?? "")
    .replace(/\s+/g, " ")
    .slice(0, 300);
  return flat === "" ? undefined : flat;
}
