import { hasPredicate } from "../claims/worth-checking.js";
import type { Claim } from "./claim.js";
import { isWithin } from "./clauses.js";
import type { Corpus } from "./corpus.js";
import { quotationsOf } from "./quotes.js";
import type { PreparedSource } from "./source.js";
import { bestWindow } from "./window.js";
import { wordsOf } from "./words.js";

/** Where a statement of its own can begin. Conjunctions part only what has a verb on either side. */
const EDGES =
  /;\s+|,? (?:and|but|while|whereas|although|though|because) |, (?:which|who|so|after|before|when|where|since) /g;
/** Words, and words that tell something, of a part that says enough to be looked for by itself. */
const FEWEST_WORDS = 3;
const FEWEST_TELLING = 3;
/** The weighted share of a part's words that the closest sentences of a source have, below which it says nothing of the kind. */
const NOTHING_LIKE_IT = 0.15;

/**
 * The first part of a claim that no source has anything like, wherever in it: what a conjunction or a relative clause joins to a statement that
 * holds, or what stands around a quotation. Undefined where there is none, and of a claim that is one part, which is judged as a whole.
 * @param sources all that the claim cites and that can be read
 */
export function unsaidPart(claim: Claim, sources: readonly PreparedSource[], corpus: Corpus): string | undefined {
  const parts = partsOf(claim.text);
  const isWhole = parts.length < 2 && claim.quotations.length === 0;
  if (isWhole || isMostlyQuoted(claim)) return undefined;
  return parts.find((part) => {
    const keys = new Set([...claim.keys].filter((key) => part.keys.has(key)));
    for (const { titleKeys } of sources) for (const key of titleKeys) keys.delete(key);
    if (keys.size < FEWEST_TELLING) return false;
    const isLikeIt = (source: PreparedSource) =>
      bestWindow({ ...claim, keys }, source, corpus).coverage >= NOTHING_LIKE_IT;
    return !sources.some(isLikeIt);
  })?.text;
}

interface Part {
  text: string;
  keys: ReadonlySet<string>;
}

/** The statements that conjunctions and relative clauses part, each with its words outside of quotations. */
function partsOf(text: string): Part[] {
  const quotations = quotationsOf(text);
  const parts: Part[] = [];
  let from = 0;
  const take = (to: number, next: number): void => {
    const own = text.slice(from, to);
    const words = wordsOf(text).filter((word) => word.start >= from && word.end <= to && !isWithin(word, quotations));
    parts.push({ text: own.trim(), keys: new Set(words.map(({ key }) => key)) });
    from = next;
  };
  for (const match of text.matchAll(EDGES)) {
    const edge = { start: match.index, end: match.index + match[0].length };
    const stands = (part: string) => wordsOf(part).length >= FEWEST_WORDS && hasPredicate(part);
    const [right = ""] = text.slice(edge.end).split(/[,;]\s/, 1);
    if (isWithin(edge, quotations) || !stands(text.slice(from, edge.start)) || !stands(right)) continue;
    take(edge.start, edge.end);
  }
  take(text.length, text.length);
  return parts;
}

/** The share of a claim's words in its quotations, from which on these are what it says. */
const MOST = 0.5;

/** Whether a claim is another's words for the most part, so that it needs no wording beside them. */
export function isMostlyQuoted({ keys, quotations, words }: Claim): boolean {
  const quoted = new Set(words.filter((word) => isWithin(word, quotations)).map(({ key }) => key));
  return quotations.length > 0 && [...keys].filter((key) => quoted.has(key)).length >= MOST * keys.size;
}
