import { unzipSync, zipSync } from "fflate";
import mammoth from "mammoth";
import type { ExtractedText } from "../src/sources/extraction.js";
import { ReaderFailure } from "./failure.js";
import { textOfHtml } from "./text/blocks.js";

/** Of the parts with text, unpacked; a book of 1,000 pages has 20 MiB. */
const MAX_UNPACKED = 32 * 1024 * 1024;
const MAX_PARTS = 1_000;
/** Pictures, fonts, previews and programs are not unpacked. */
const PARTS = /^(?:\[Content_Types\]\.xml|_rels\/.*|docProps\/core\.xml|word\/(?:_rels\/)?[^/]+\.(?:xml|rels))$/i;
const CORE = "docProps/core.xml";

/**
 * The text of a Word document (.docx): headings, lists, tables, foot and end notes. What was deleted with changes tracked is left out,
 * what was inserted is in.
 * @throws ReaderFailure `unreadable` if it is damaged, or unpacks to more than it may
 */
export async function readDocx(bytes: Uint8Array): Promise<ExtractedText> {
  const parts = unpack(bytes);
  if (!parts["word/document.xml"] && !parts["_rels/.rels"])
    throw new ReaderFailure("unsupported", "It is a ZIP archive, not a Word document.");
  const about = new TextDecoder().decode(parts[CORE] ?? new Uint8Array());
  const text = textOfHtml(await toHtml(parts));
  if (text.trim() === "")
    throw new ReaderFailure("no_text", "The Word document has no text: it is empty or consists of images.");
  return {
    title: field(about, "dc:title"),
    author: field(about, "dc:creator"),
    date: field(about, "dcterms:modified") ?? field(about, "dcterms:created"),
    language: field(about, "dc:language"),
    text,
  };
}

async function toHtml(parts: Record<string, Uint8Array>): Promise<string> {
  try {
    const buffer = Buffer.from(zipSync(parts, { level: 0 }));
    const ignored = mammoth.images.imgElement(async () => ({ src: "" }));
    const { value } = await mammoth.convertToHtml({ buffer }, { convertImage: ignored, externalFileAccess: false });
    return value;
  } catch (error) {
    throw damaged(error);
  }
}

/** The parts with text. No part gets more room than it announces, whatever it unpacks to. */
function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  let announced = 0;
  let count = 0;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    if (!PARTS.test(name)) return false;
    announced += originalSize;
    if (++count > MAX_PARTS || announced > MAX_UNPACKED)
      throw new ReaderFailure("unreadable", "The Word document unpacks to more than 32 MiB of text, which none has.");
    return true;
  };
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    throw error instanceof ReaderFailure ? error : damaged(error);
  }
}

function damaged(cause: unknown): ReaderFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReaderFailure("unreadable", `The Word document is damaged and cannot be read: ${reason}`, { cause });
}

/** An element of the core properties, which are flat. */
function field(xml: string, name: string): string | undefined {
  const value = new RegExp(`<${name}\\b[^>]*>([^<]{1,2000})</${name}>`, "i").exec(xml)?.[1];
  return value && textOfHtml(value);
}
