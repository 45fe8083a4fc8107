import { splitSentences } from "@vibewriter/evidence";
import { type MemoryChange, textOf } from "./change.js";
import { MEMORY } from "./place.js";

/** A heading that the host's own model begins its list with. */
export const REMEMBERED = "# What I was asked to remember";

/** How a person begins what is to be remembered; what follows is a whole sentence, too. */
const ORDER = /^(?:please\s+)?remember(?:\s+that\b|:)?\s+/i;

/** Shorter lines than these may stand in anything. */
const SHORTEST = 8;

/**
 * Whether a change is the person's, whatever else the agent that makes it has seen: it adds something, each line that it adds is one or more whole
 * sentences of theirs, all that was there still is, in its order, and the entry is one that there is or that they have named.
 */
export function isPersonsOwn({ path, entry, after }: MemoryChange, turns: readonly string[]): boolean {
  const before = entry === undefined ? "" : textOf(entry);
  if (before === undefined || after === undefined) return false;
  if (entry === undefined && `/memories/${path}` !== MEMORY && !turns.some((turn) => isNamedIn(turn, path)))
    return false;
  const added = linesAdded(before, after);
  if (added === undefined || added.length === 0) return false;
  const said = turns.map(saidIn);
  return added.every((line) => {
    const words = plain(line.replace(/^\s*[-*] /, ""));
    return words.length >= SHORTEST && said.some((turn) => isWholeIn(turn, words));
  });
}

/** The lines that are new; undefined where one that was there is gone, stands elsewhere, or is indented otherwise. */
function linesAdded(before: string, after: string): string[] | undefined {
  const had = linesOf(before);
  const added: string[] = [];
  let kept = 0;
  for (const line of linesOf(after)) {
    if (line === had[kept]) kept++;
    else if (had.length > 0 || line !== REMEMBERED) added.push(line);
  }
  return kept === had.length ? added : undefined;
}

function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()]));
}

/** What a person said at once, with where its sentences begin and end. */
interface Said {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: ReadonlySet<number>;
}

function saidIn(turn: string): Said {
  const { text, pasted } = wordsOf(turn);
  const isPasted = (at: number) => pasted.some(({ start, end }) => at >= start && at < end);
  const starts: number[] = [];
  const ends = new Set<number>();
  let isOver = true;
  for (const { start, end } of splitSentences(text)) {
    // What is quoted are not the person's own words, and what comes after dots may go on with what is before them.
    if (isOver && !isPasted(start) && !isQuotedAt(text, start)) {
      starts.push(start);
      const order = ORDER.exec(text.slice(start, end))?.[0];
      if (order !== undefined) starts.push(start + order.length);
    }
    isOver = !/(?:\.\.|…)\P{L}*$/u.test(text.slice(start, end));
    if (!isOver) continue;
    ends.add(end);
    if (text[end - 1] === ".") ends.add(end - 1);
  }
  return { text, starts, ends };
}

/** Whether a line is whole sentences of it; its first letter may be larger or smaller, and its last full stop missing. */
function isWholeIn({ text, starts, ends }: Said, line: string): boolean {
  const words = line.replace(/\.$/, "");
  const [first = ""] = words;
  const rest = words.slice(first.length);
  return starts.some((start) => {
    const isFirst = text.slice(start, start + first.length).toLowerCase() === first.toLowerCase();
    return isFirst && text.startsWith(rest, start + first.length) && ends.has(start + words.length);
  });
}

/** A turn as one line, and where in it stands what Markdown shows as somebody else's: quoted lines and what goes on with them, and code. */
function wordsOf(turn: string): { text: string; pasted: { start: number; end: number }[] } {
  const pasted: { start: number; end: number }[] = [];
  let text = "";
  let fence: string | undefined;
  let isQuote = false;
  for (const line of turn.split("\n")) {
    const [, marker = ""] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    const isFence = marker !== "" && (fence === undefined || marker.startsWith(fence));
    isQuote = line.trim() !== "" && (isQuote || /^\s*>/.test(line));
    const isTheirs = fence !== undefined || isFence || isQuote || /^(?: {4}|\t)/.test(line);
    if (isFence) fence = fence === undefined ? marker : undefined;
    const words = plain(line);
    if (words === "") continue;
    const start = text === "" ? 0 : text.length + 1;
    text = text === "" ? words : `${text} ${words}`;
    if (isTheirs) pasted.push({ start, end: text.length });
  }
  return { text, pasted };
}

const DOUBLE = /["“”„«»`]/g;
/** At the edge of a word: else it is an apostrophe. */
const OPENING = /(?<![\p{L}\p{N}])['‘‚‹›](?=\S)/gu;
const CLOSING = /(?<=\S)['’‘‹›](?![\p{L}\p{N}])/gu;

/** Whether quotation marks stand around a place, or one before it that nothing closes. One that measures an inch is taken for one: then a person is asked. */
function isQuotedAt(text: string, at: number): boolean {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const double = before.match(DOUBLE)?.length ?? 0;
  if (double % 2 === 1 || (double > 0 && after.search(DOUBLE) >= 0)) return true;
  const opened = [...before.matchAll(OPENING)].at(-1)?.index;
  if (opened === undefined) return false;
  return after.search(CLOSING) >= 0 || before.slice(opened + 1).search(CLOSING) < 0;
}

/** Whether a person has written a path, as one. */
function isNamedIn(turn: string, path: string): boolean {
  if (!/[/.]/.test(path)) return false;
  const words = turn.split(/[\s"'“”„«»`()<>,;]+/).map((word) => word.replace(/[.:!?]+$/, ""));
  return words.some((word) => word.replace(/^\/?(?:memories\/)?/, "") === path);
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
