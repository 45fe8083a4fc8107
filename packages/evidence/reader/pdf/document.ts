import { getDocumentProxy } from "unpdf";
import type { ExtractedText } from "../../src/sources/extraction.js";
import { ReaderFailure } from "../failure.js";
import { joinCutWords, joinLine } from "./hyphens.js";
import { type Line, linesOf, type Placed, placedItems } from "./lines.js";
import { goesOn, textOfPage } from "./page.js";
import { withoutRunningLines } from "./running.js";

/** More than any document that a person would cite. */
const MAX_PAGES = 3_000;
/** After so many pages that cannot be read, and none that could, the rest is not tried. */
const MAX_FAILURES = 20;

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * The text of a PDF: columns one after the other, tables as rows, lines joined to paragraphs, without the lines that every page repeats.
 * @param limit stops reading after this many characters
 * @throws ReaderFailure `unreadable` if it is damaged or locked, `no_text` if it holds images only
 */
export async function readPdf(bytes: Uint8Array, limit: number): Promise<ExtractedText> {
  const pdf = await open(bytes);
  try {
    const { pages, isCut } = await readPages(pdf, limit);
    const readable = pages.filter((page) => page !== undefined);
    if (readable.length === 0)
      throw new ReaderFailure("unreadable", "The PDF is damaged: none of its pages can be read.");
    const texts = withoutRunningLines(readable).map(textOfPage);
    if (texts.every((text) => text === "")) {
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
      language: field(info, "Language"),
      text: joinCutWords(joinPages(texts)),
      note: noteOf(pages),
      ...(isCut ? { truncated: true } : {}),
    };
  } catch (error) {
    throw error instanceof ReaderFailure ? error : damaged(error);
  } finally {
    await pdf.destroy();
  }
}

async function open(bytes: Uint8Array): Promise<Pdf> {
  try {
    // The library takes the bytes over, so it gets its own.
    return await getDocumentProxy(new Uint8Array(bytes), {
      verbosity: 0,
      disableFontFace: true,
      useSystemFonts: false,
      isEvalSupported: false,
    });
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException")
      throw new ReaderFailure("unreadable", "The PDF is locked with a password.", { cause: error });
    throw damaged(error);
  }
}

/** The lines of each page; undefined for one that cannot be read. */
async function readPages(pdf: Pdf, limit: number): Promise<{ pages: (Line[] | undefined)[]; isCut: boolean }> {
  const pages: (Line[] | undefined)[] = [];
  let length = 0;
  let failures = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    if (number > MAX_PAGES || length > limit) return { pages, isCut: true };
    try {
      const items = await itemsOf(pdf, number);
      for (const { text } of items) length += text.length + 1;
      pages.push(linesOf(items));
    } catch (error) {
      if (++failures >= MAX_FAILURES && failures === number) throw damaged(error);
      pages.push(undefined);
    }
  }
  return { pages, isCut: false };
}

async function itemsOf(pdf: Pdf, number: number): Promise<Placed[]> {
  const page = await pdf.getPage(number);
  try {
    const { transform } = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    return placedItems(
      items.filter((item) => "str" in item),
      transform,
    );
  } finally {
    page.cleanup();
  }
}

/** A sentence that goes on on the next page is one sentence. */
function joinPages(pages: readonly string[]): string {
  let text = "";
  for (const page of pages) {
    if (page === "") continue;
    text = text === "" ? page : goesOn(text, page) ? joinLine(text, page) : `${text}\n\n${page}`;
  }
  return text;
}

/** Which pages gave no text, for a person. */
function noteOf(pages: readonly (Line[] | undefined)[]): string | undefined {
  const numbers = (isMeant: (page: Line[] | undefined) => boolean): number[] =>
    pages.flatMap((page, i) => (isMeant(page) ? [i + 1] : []));
  const empty = numbers((page) => page?.length === 0);
  const broken = numbers((page) => page === undefined);
  const notes: string[] = [];
  if (empty.length > 0) notes.push(`${pagesNamed(empty)} without text: empty, or images, which are not read.`);
  if (broken.length > 0) notes.push(`${pagesNamed(broken)} damaged and not read.`);
  return notes.length > 0 ? notes.join(" ") : undefined;
}

function pagesNamed(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const shown = ranges.slice(0, 20).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const all = ranges.length > 20 ? `${shown.join(", ")}, …` : shown.join(", ").replace(/, ([^,]+)$/, " and $1");
  return numbers.length === 1 ? `Page ${all} is` : `Pages ${all} are`;
}

function damaged(error: unknown): ReaderFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new ReaderFailure("unreadable", `The PDF is damaged and cannot be read: ${reason}`, { cause: error });
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
