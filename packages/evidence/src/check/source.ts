import { type DateMention, datesOf } from "./dates.js";
import { type Figure, figuresOf } from "./numbers.js";
import { type FoldedText, fold } from "./quotes.js";
import { type Span, splitSentences } from "./sentences.js";
import { type Word, wordsOf } from "./words.js";

/** The text of a source as the check sees it. `unreachable` says why there is no text, in a sentence. */
export interface SourceText {
  id: string;
  title: string;
  uri: string;
  text: string;
  unreachable?: string;
}

/** A sentence of a source with what can be checked in it. */
export interface Passage extends Span {
  text: string;
  words: Word[];
  keys: Set<string>;
  figures: Figure[];
  dates: DateMention[];
  /** Keys of the headings it stands under, and of its table's head: they say what "the market" is. */
  context: Set<string>;
  /** Two passages of one section may be read together. */
  section: number;
}

/** A source taken apart once, for any number of claims. */
export interface PreparedSource {
  source: SourceText;
  passages: Passage[];
  folded: FoldedText;
  titleKeys: Set<string>;
  /** Dates of the document itself: in its title or its first lines. */
  ownDates: DateMention[];
}

/** Takes a source's text (plain or Markdown) apart. */
export function prepareSource(source: SourceText): PreparedSource {
  const passages: Passage[] = [];
  const headings: { depth: number; keys: string[] }[] = [];
  const titleKeys = keysOf(source.title);
  let section = 0;
  let tableHead: string[] = [];
  for (const block of blocksOf(source.text)) {
    const text = source.text.slice(block.start, block.end);
    if (block.kind === "heading") {
      section++;
      while (headings.length > 0 && (headings.at(-1)?.depth ?? 0) >= block.depth) headings.pop();
      headings.push({ depth: block.depth, keys: [...keysOf(text)] });
    }
    if (block.kind === "row" && block.isHead) tableHead = [...keysOf(text)];
    const context = new Set([
      ...titleKeys,
      ...headings.flatMap((h) => h.keys),
      ...(block.kind === "row" ? tableHead : []),
    ]);
    const spans = block.kind === "text" ? splitSentences(text) : [{ start: 0, end: text.length }];
    for (const span of spans)
      passages.push(passage(source.text, block.start + span.start, block.start + span.end, context, section));
  }
  const opening = source.text.slice(0, 600);
  return { source, passages, folded: fold(source.text), titleKeys, ownDates: datesOf(`${source.title}\n${opening}`) };
}

/** The keys of a text's content words and numbers-in-names. */
export function keysOf(text: string): Set<string> {
  return new Set(
    wordsOf(text)
      .filter((word) => !word.isStop)
      .map((word) => word.key),
  );
}

function passage(full: string, start: number, end: number, context: Set<string>, section: number): Passage {
  const text = full.slice(start, end);
  const words = wordsOf(text);
  const dates = datesOf(text);
  const keys = new Set(words.filter((word) => !word.isStop).map((word) => word.key));
  return { start, end, text, words, keys, figures: figuresOf(text, dates), dates, context, section };
}

type Block = Span & ({ kind: "heading"; depth: number } | { kind: "row"; isHead: boolean } | { kind: "text" });

/** Headings, table rows and list items stand alone; other lines run together until a blank one. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Span | undefined;
  let wasRow = false;
  const close = (): void => {
    if (open) blocks.push({ kind: "text", ...open });
    open = undefined;
  };
  for (const line of text.matchAll(/[^\n]+|\n(?=\n)/g)) {
    const raw = line[0];
    const start = line.index + (raw.length - raw.trimStart().length);
    const end = line.index + raw.trimEnd().length;
    const heading = /^\s{0,3}(#{1,6})\s+\S/.exec(raw);
    const isRow = /^\s*\|.*\|\s*$/.test(raw);
    if (raw.trim() === "" || heading || isRow || /^\s*(?:[-*+]|\d{1,3}[.)])\s+\S/.test(raw)) close();
    if (raw.trim() === "") wasRow = false;
    else if (heading) blocks.push({ kind: "heading", depth: heading[1]?.length ?? 1, start, end });
    else if (isRow) {
      if (!/^[\s|:-]+$/.test(raw)) blocks.push({ kind: "row", isHead: !wasRow, start, end });
    } else open = { start: open?.start ?? start, end };
    wasRow = isRow;
  }
  close();
  return blocks;
}
