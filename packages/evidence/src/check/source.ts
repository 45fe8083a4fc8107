import { type DateMention, datesOf } from "./dates.js";
import { countedShares } from "./fractions.js";
import { type Figure, figuresOf } from "./numbers.js";
import { type FoldedText, fold } from "./quotes.js";
import { ofSamePeriod, relativeDates } from "./relative-dates.js";
import { type Span, splitSentences } from "./sentences.js";
import { type Word, wordsOf } from "./words.js";

/** The text of a source as the check sees it. `unreachable` says why there is no text, in a sentence. */
export interface SourceText {
  id: string;
  title: string;
  uri: string;
  text: string;
  unreachable?: string;
  /** As the source declares it, such as "de". */
  language?: string;
}

/** A sentence of a source with what can be checked in it. */
export interface Passage extends Span {
  /** Its place among the source's passages. */
  index: number;
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
  /** Every key of the source, its title included. */
  keys: Set<string>;
  /** All words of the text, stop words too. */
  wordCount: number;
  /** In which passages a key stands, by their places. */
  places: Map<string, number[]>;
  /** Dates of the document itself. */
  ownDates: DateMention[];
}

/** Takes a source's text (plain or Markdown) apart. */
export function prepareSource(source: SourceText): PreparedSource {
  const passages: Passage[] = [];
  const own = ownDates(source);
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
      passages.push({ index: passages.length, ...passage(source.text, block, span, { context, section, own }) });
  }
  const places = new Map<string, number[]>();
  for (const [i, { keys }] of passages.entries()) {
    for (const key of keys) {
      const list = places.get(key);
      if (list) list.push(i);
      else places.set(key, [i]);
    }
  }
  const keys = new Set([...titleKeys, ...places.keys()]);
  const wordCount = passages.reduce((sum, { words }) => sum + words.length, 0);
  return {
    source,
    passages,
    folded: fold(source.text),
    titleKeys,
    keys,
    wordCount,
    places,
    ownDates: own,
  };
}

/** Up to two passages before and one after, of the same section: they say what "it" is. */
export function neighbours(passage: Passage, source: PreparedSource): Passage[] {
  const at = passage.index;
  return source.passages
    .slice(Math.max(0, at - 2), at + 2)
    .filter((p) => p !== passage && p.section === passage.section);
}

/** Dates in the title, and in lines at the beginning that say when it was written. */
function ownDates({ title, text }: SourceText): DateMention[] {
  const lines = text.slice(0, 600).split("\n");
  const dated = lines.filter((line) => /\b(?:as of|dated?|published|updated|posted|written)\b/i.test(line));
  return datesOf([title, ...dated].join("\n"));
}

/** The keys of a text's content words and numbers-in-names. */
export function keysOf(text: string): Set<string> {
  return new Set(
    wordsOf(text)
      .filter((word) => !word.isStop)
      .map((word) => word.key),
  );
}

function passage(
  full: string,
  block: Block,
  span: Span,
  { context, section, own }: { context: Set<string>; section: number; own: readonly DateMention[] },
): Omit<Passage, "index"> {
  const start = block.start + span.start;
  const end = block.start + span.end;
  const text = full.slice(start, end);
  const words = wordsOf(text);
  const said = datesOf(text).map((date) => ofSamePeriod(text, date, own));
  const keys = new Set(words.filter((word) => !word.isStop).map((word) => word.key));
  const counted = figuresOf(text, said);
  const relative = relativeDates(text, said, counted);
  const figures = counted.map((figure): Figure => {
    const isOffset = relative.some(({ start }) => start === figure.start);
    return { ...figure, ...(block.kind === "row" ? { isCell: true } : {}), ...(isOffset ? { isOffset } : {}) };
  });
  const dates = [...said, ...relative];
  const parts = countedShares(text, figures);
  return { start, end, text, words, keys, figures: [...figures, ...parts], dates, context, section };
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
