import { type Block, blocksOf } from "./markdown.js";
import { visibleMarkdown } from "./visible.js";
import { words } from "./words.js";

/** A passage of an article: the unit of search and of novelty. */
export interface Chunk {
  /** The nearest heading above it, empty before the first one. */
  heading: string;
  text: string;
  /** Offsets of the passage in the article's Markdown. */
  start: number;
  end: number;
  /** False for quotations and reference lists: they are found by search and count for nothing in novelty. */
  own: boolean;
}

/** Words a passage aims at, and from which on a new heading begins a new passage. */
const TARGET = 200;
const ENOUGH = 80;
/** Characters a passage never exceeds, whatever it is made of. */
const LONGEST = 4_000;

const REFERENCES = /^(?:\d+[.)]?\s+)?(?:references?|bibliography|sources?|citations?|works cited|footnotes?)\s*:?$/i;
const FOOTNOTE = /^\s*\[\^?[^\]\s]{1,40}\]:/;

/** Cuts an article, as far as its reader sees it, into passages along its structure: headings, paragraphs, sentences. */
export function chunkMarkdown(markdown: string): Chunk[] {
  const packer = new Packer();
  let heading = "";
  let referencesLevel: number | undefined;

  for (const block of blocksOf(visibleMarkdown(markdown))) {
    if (block.kind === "heading") {
      const level = block.level ?? 1;
      if (referencesLevel !== undefined && level <= referencesLevel) referencesLevel = undefined;
      if (referencesLevel === undefined && REFERENCES.test(block.text)) referencesLevel = level;
      heading = block.text.slice(0, 300);
      packer.section(heading);
      continue;
    }
    const own = referencesLevel === undefined && block.kind !== "quote" && !FOOTNOTE.test(block.text);
    for (const piece of piecesOf(block)) packer.add(piece, heading, own);
  }
  return packer.finish();
}

interface Piece {
  text: string;
  start: number;
  end: number;
  words: number;
}

class Packer {
  readonly #done: Chunk[] = [];
  #open: (Chunk & { words: number }) | undefined;
  /** Headings that nothing follows yet: a heading without text still has to be found. */
  #bare: string[] = [];

  section(heading: string): void {
    if ((this.#open?.words ?? 0) >= ENOUGH) this.#close();
    this.#bare.push(heading);
  }

  add(piece: Piece, heading: string, own: boolean): void {
    const open = this.#open;
    const fits = open && open.own === own && open.words + piece.words <= TARGET * 1.2;
    if (open && fits && open.text.length + piece.text.length <= LONGEST) {
      // The offsets cover the headings in between; the text names those that the passage runs across.
      open.text = [open.text, ...this.#bare, piece.text].join("\n\n");
      open.end = piece.end;
      open.words += piece.words;
    } else {
      this.#close();
      const above = this.#bare.slice(0, -1);
      const text = [...above, piece.text].join("\n\n").slice(-LONGEST);
      this.#open = { heading, text, start: piece.start, end: piece.end, own, words: piece.words };
    }
    this.#bare = [];
  }

  finish(): Chunk[] {
    this.#close();
    const rest = this.#bare.join("\n\n").slice(0, LONGEST);
    if (rest !== "") this.#done.push({ heading: this.#bare.at(-1) ?? "", text: rest, start: 0, end: 0, own: false });
    return this.#done;
  }

  #close(): void {
    if (this.#open) {
      const { words: _words, ...chunk } = this.#open;
      this.#done.push(chunk);
    }
    this.#open = undefined;
  }
}

/** A block that is too long for one passage, cut after sentences, else between words, else anywhere. */
function piecesOf(block: Block): Piece[] {
  const pieces: Piece[] = [];
  let open: Piece | undefined;
  for (const part of partsOf(block.text)) {
    const count = words(part.text).length;
    if (open && open.words + count <= TARGET && open.text.length + part.text.length <= LONGEST) {
      open.text += part.text;
      open.end = block.start + part.end;
      open.words += count;
      continue;
    }
    if (open) pieces.push(open);
    open = { text: part.text, start: block.start + part.start, end: block.start + part.end, words: count };
  }
  if (open) pieces.push(open);
  return pieces;
}

const SENTENCE_END = /[.!?]["'”’)\]]*\s+|[。！？]|\n/gu;

function* partsOf(text: string): Generator<{ text: string; start: number; end: number }> {
  if (text.length <= LONGEST && words(text).length <= TARGET * 1.2) {
    yield { text, start: 0, end: text.length };
    return;
  }
  let start = 0;
  for (const end of [...[...text.matchAll(SENTENCE_END)].map((m) => m.index + m[0].length), text.length]) {
    if (end > start) yield* slices(text, start, end);
    start = end;
  }
}

/** One sentence, or what stands for one, cut so that no part exceeds a passage. */
function* slices(text: string, start: number, end: number): Generator<{ text: string; start: number; end: number }> {
  const most = TARGET * 5;
  while (end - start > most) {
    const space = text.lastIndexOf(" ", start + most);
    let cut = space > start + most / 2 ? space + 1 : start + most;
    // Never between the two halves of a character.
    if (/[\uD800-\uDBFF]/.test(text[cut - 1] ?? "")) cut--;
    yield { text: text.slice(start, cut), start, end: cut };
    start = cut;
  }
  if (end > start) yield { text: text.slice(start, end), start, end };
}
