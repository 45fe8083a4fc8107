import { Names } from "./names.js";
import { contentStems, jaccard } from "./words.js";

/** A sentence of a source, and which source. */
export interface Quoted {
  readonly source: string;
  readonly text: string;
}

/** Two sources that give different figures for what looks like the same thing. */
export interface Disagreement {
  readonly first: Quoted;
  readonly second: Quoted;
  readonly score: number;
}

interface Measure {
  readonly quoted: Quoted;
  readonly value: number;
  readonly unit: string;
  /** Names in the sentence, or in its source's title if it has none. */
  readonly names: ReadonlySet<string>;
  /** Names in the sentence and in the title. */
  readonly about: ReadonlySet<string>;
  readonly context: ReadonlySet<string>;
  /** The other figures of the sentence. */
  readonly siblings: readonly { readonly value: number; readonly unit: string }[];
}

const FIGURE =
  /(?<currency>[$€£])?(?<number>\d[\d,]*(?:\.\d+)?)(?<percent>\s?%|\s?percent(?:age points?)?)?(?:\s(?<scale>thousand|million|billion|trillion))?(?:\s(?<noun>\p{Ll}{3,}))?/gu;
const SCALE: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const CONTRAST = /\b(?:below|above|lower|higher|less|more|against|instead|whereas|while|unlike|but|although|not)\b/i;
/** Two figures of one thing at two times are a development, not a dispute. */
const CHANGE = /\bfrom\b[^.]*\bto\b/i;
const MONTHS = /\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b/i;

/**
 * Finds pairs of sentences from different sources with the same names, much the same words, the same unit and another figure.
 * It compares words, not meaning: what it finds are places for a reader to look at.
 */
export function findDisagreements(
  sentences: readonly Quoted[],
  titles: ReadonlyMap<string, string>,
  limit: number,
): Disagreement[] {
  const texts = new Map([...titles].map(([source, title]) => [source, [title]]));
  for (const { source, text } of sentences) texts.set(source, [...(texts.get(source) ?? []), text]);
  const names = new Names(texts);
  const measures = sentences.flatMap((quoted) => measuresOf(quoted, titles.get(quoted.source) ?? "", names));
  const found: Disagreement[] = [];
  for (const [index, a] of measures.entries()) {
    for (const b of measures.slice(index + 1)) {
      const score = conflict(a, b);
      if (score > 0) found.push({ first: a.quoted, second: b.quoted, score });
    }
  }
  found.sort((a, b) => b.score - a.score);
  const chosen: Disagreement[] = [];
  for (const pair of found) {
    const used = chosen.some((other) =>
      [other.first.text, other.second.text].some((text) => text === pair.first.text || text === pair.second.text),
    );
    if (!used && chosen.length < limit) chosen.push(pair);
  }
  return chosen;
}

/** How surely two figures clash, 0 if they do not. */
function conflict(a: Measure, b: Measure): number {
  if (a.quoted.source === b.quoted.source || a.unit !== b.unit || a.value === b.value) return 0;
  const ratio = Math.max(a.value, b.value) / Math.max(Math.min(a.value, b.value), 1e-9);
  if (ratio < 1.02 || ratio > 20) return 0;
  if (jaccard(a.about, b.about) > 0 && (disputes(a, b) || disputes(b, a))) return 3;
  // One of them has the other's figure too: they agree on it.
  if (alsoSays(a, b) || alsoSays(b, a)) return 0;
  const names = jaccard(a.names, b.names);
  const context = jaccard(a.context, b.context);
  if (a.names.size === 0 || b.names.size === 0) return context >= 0.4 ? 1 + context : 0;
  return names >= 0.34 && context >= 0.3 ? names + 2 * context : 0;
}

/** Whether `a` names the figure of `b` itself and sets its own against it, as in "3.9%, well below the 4.6% that was reported". */
function disputes(a: Measure, b: Measure): boolean {
  return CONTRAST.test(a.quoted.text) && !CHANGE.test(a.quoted.text) && alsoSays(a, b);
}

/** Whether the sentence of `a` has the figure of `b` besides its own. */
function alsoSays(a: Measure, b: Measure): boolean {
  return a.siblings.some((other) => other.unit === b.unit && other.value === b.value);
}

function measuresOf(quoted: Quoted, title: string, names: Names): Measure[] {
  const own = names.in(quoted.text);
  const titled = names.in(title);
  const about = new Set([...own, ...titled]);
  const context = new Set(contentStems(quoted.text).filter((term) => !/\d/.test(term)));
  const figures: { value: number; unit: string }[] = [];
  for (const match of quoted.text.matchAll(FIGURE)) {
    const { currency = "", number = "", percent, scale, noun = "" } = match.groups ?? {};
    const before = quoted.text.slice(Math.max(0, match.index - 12), match.index);
    const after = quoted.text.slice(match.index + match[0].length, match.index + match[0].length + 12);
    if (/[\p{L}\d-]$/u.test(before) || MONTHS.test(`${before} ${noun} ${after}`)) continue;
    const value = Number(number.replaceAll(",", "")) * (scale === undefined ? 1 : (SCALE[scale] ?? 1));
    const unit = percent !== undefined ? (/point/.test(percent) ? "points" : "%") : currency !== "" ? currency : noun;
    if (unit === "" || (unit.length > 1 && value >= 1900 && value <= 2100)) continue;
    figures.push({ value, unit });
  }
  return figures.map((figure) => ({
    quoted,
    ...figure,
    names: own.size > 0 ? own : titled,
    about,
    context,
    siblings: figures.filter((other) => other !== figure),
  }));
}
