import type { Claim } from "../check/claim.js";
import type { Judgement } from "../check/judge.js";
import type { PreparedSource } from "../check/source.js";

/** What is looked at to say whether a text bears a claim out. Each is 0 where there is nothing to see. */
export interface Features {
  /** Share of the claim's words that the best three neighbouring sentences have: 0 to 1. */
  wording: number;
  /** Share of neighbouring words of the claim that are neighbours in the text too, in either order: 0 to 1. */
  pairs: number;
  /** 1 where a number or a date of the claim is not in the text, or is said of something else. */
  factMissing: number;
  /** 1 where claim and text deny each other. */
  denied: number;
  /** How many names of the claim the text does not have, or not at this place; at most 3. */
  namesMissing: number;
  /** Natural logarithm of the text's number of words: a long text has more of any claim's words by chance. */
  length: number;
}

export const FEATURES = [
  "wording",
  "pairs",
  "factMissing",
  "denied",
  "namesMissing",
  "length",
] as const satisfies readonly (keyof Features)[];

const MOST_NAMES = 3;

/** Measures a claim against a source that `judgement` was found in. */
export function featuresOf(claim: Claim, source: PreparedSource, judgement: Judgement): Features {
  const keys = claim.words.filter((word) => !word.isStop).map((word) => word.key);
  const missing = (...kinds: string[]): number =>
    judgement.findings.filter((finding) => !finding.passed && kinds.includes(finding.kind)).length;
  return {
    wording: wordingOf([...new Set(keys)], source),
    pairs: pairsOf(keys, source),
    factMissing: Math.min(1, missing("number", "date")),
    denied: Math.min(1, missing("negation")),
    namesMissing: Math.min(MOST_NAMES, missing("name")),
    length: Math.log(1 + source.wordCount),
  };
}

const WINDOW = 3;

function wordingOf(keys: string[], { places }: PreparedSource): number {
  if (keys.length === 0) return 0;
  const here = new Map<number, Set<string>>();
  for (const key of keys) {
    for (const place of places.get(key) ?? []) {
      for (let start = Math.max(0, place - WINDOW + 1); start <= place; start++) {
        const window = here.get(start);
        if (window) window.add(key);
        else here.set(start, new Set([key]));
      }
    }
  }
  let most = 0;
  for (const window of here.values()) most = Math.max(most, window.size);
  return most / keys.length;
}

function pairsOf(keys: string[], source: PreparedSource): number {
  let all = 0;
  let found = 0;
  for (const [i, key] of keys.entries()) {
    const next = keys[i + 1];
    if (next === undefined) break;
    all++;
    if (areNeighbours(key, next, source)) found++;
  }
  return all === 0 ? 0 : found / all;
}

/** Neighbours but for stop words, and but for one word in between where the order is the claim's. */
function areNeighbours(a: string, b: string, { places, passages }: PreparedSource): boolean {
  const [rarer, other] = (places.get(a)?.length ?? 0) <= (places.get(b)?.length ?? 0) ? [a, b] : [b, a];
  for (const place of places.get(rarer) ?? []) {
    const passage = passages[place];
    if (!passage?.keys.has(other)) continue;
    const keys = passage.words.filter((word) => !word.isStop).map((word) => word.key);
    for (const [i, key] of keys.entries()) {
      if (key === a && (keys[i + 1] === b || keys[i + 2] === b)) return true;
      if (key === b && keys[i + 1] === a) return true;
    }
  }
  return false;
}
