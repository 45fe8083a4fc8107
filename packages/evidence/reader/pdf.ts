import { getDocumentProxy } from "unpdf";
import type { ExtractedText } from "../src/sources/extraction.js";
import { ReaderFailure } from "./failure.js";

/** More than any document that a person would cite. */
const MAX_PAGES = 3000;

interface Item {
  str: string;
  hasEOL: boolean;
  height: number;
  transform: number[];
}

/**
 * The text of a PDF, its lines joined to paragraphs.
 * @param limit stops reading after this many characters
 * @throws ReaderFailure `unreadable` if it is damaged or locked, `no_text` if it holds images only
 */
export async function readPdf(bytes: Uint8Array, limit: number): Promise<ExtractedText> {
  const pdf = await open(bytes);
  try {
    const pages: string[] = [];
    let length = 0;
    for (let number = 1; number <= Math.min(pdf.numPages, MAX_PAGES) && length <= limit; number++) {
      const page = await pdf.getPage(number);
      const content = await page.getTextContent();
      const text = paragraphs(content.items.filter((item): item is Item & typeof item => "str" in item));
      pages.push(text);
      length += text.length;
      page.cleanup();
    }
    const text = pages.filter((page) => page !== "").join("\n\n");
    if (text.trim() === "") {
      const count = pdf.numPages === 1 ? "one page" : `${pdf.numPages} pages`;
      throw new ReaderFailure(
        "no_text",
        `The PDF has ${count} but no text: it seems to consist of images; give a version with text.`,
      );
    }
    const info: unknown = (await pdf.getMetadata()).info;
    return {
      title: field(info, "Title"),
      author: field(info, "Author"),
      date: dateOf(field(info, "CreationDate")),
      text,
    };
  } catch (error) {
    if (error instanceof ReaderFailure) throw error;
    throw new ReaderFailure("unreadable", `The PDF is damaged and cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await pdf.destroy();
  }
}

async function open(bytes: Uint8Array): Promise<Awaited<ReturnType<typeof getDocumentProxy>>> {
  try {
    // The library takes the bytes over, so it gets its own.
    return await getDocumentProxy(new Uint8Array(bytes), {
      verbosity: 0,
      disableFontFace: true,
      useSystemFonts: false,
    });
  } catch (error) {
    const isLocked = error instanceof Error && error.name === "PasswordException";
    const message = isLocked
      ? "The PDF is locked with a password."
      : `The PDF is damaged and cannot be read: ${messageOf(error)}`;
    throw new ReaderFailure("unreadable", message, { cause: error });
  }
}

/** Lines that follow each other closely are one paragraph; a word cut at the end of a line is made whole. */
function paragraphs(items: Item[]): string {
  let text = "";
  let line = "";
  let lastY: number | undefined;
  let height = 0;
  const endLine = (): void => {
    const clean = line.replace(/\s+/g, " ").trim();
    line = "";
    if (clean === "") return;
    if (/\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(clean)) text = text.slice(0, -1) + clean;
    else text += text === "" || text.endsWith("\n") ? clean : ` ${clean}`;
  };
  for (const item of items) {
    const y = item.transform[5] ?? 0;
    if (lastY !== undefined && item.str.trim() !== "" && Math.abs(y - lastY) > 1.8 * Math.max(height, item.height, 1)) {
      endLine();
      if (text !== "" && !text.endsWith("\n")) text += "\n\n";
    }
    line += item.str;
    if (item.str.trim() !== "") {
      lastY = y;
      height = item.height;
    }
    if (item.hasEOL) endLine();
  }
  endLine();
  return text.trim();
}

function field(info: unknown, name: string): string | undefined {
  const value =
    typeof info === "object" && info !== null && name in info ? (info as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** `D:20260915…` of the PDF format. */
function dateOf(value: string | undefined): string | undefined {
  const match = /^(?:D:)?(\d{4})(\d{2})?(\d{2})?/.exec(value ?? "");
  return match ? match.slice(1).filter(Boolean).join("-") : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
