import type { Claim } from "./claim.js";
import type { Corpus } from "./corpus.js";
import { relatedTo } from "./lexicon/related.js";
import type { Passage, PreparedSource } from "./source.js";

/** One to three neighbouring passages, by their places in the source, end exclusive. */
export interface Window {
  from: number;
  to: number;
  coverage: number;
}

const LONGEST = 3;
/** Each further passage must bring in more than chance would. */
const LENGTH_COST = 0.04;

/** The passages that say most of what the claim says. */
export function bestWindow(claim: Claim, source: PreparedSource, corpus: Corpus): Window {
  let best: Window = { from: 0, to: 0, coverage: 0 };
  let bestScore = -1;
  for (const from of beginnings(claim, source, corpus)) {
    for (let to = from + 1; to <= Math.min(from + LONGEST, source.passages.length); to++) {
      if (source.passages[to - 1]?.section !== source.passages[from]?.section) break;
      const coverage = coverageOf(claim.keys, source.passages.slice(from, to), corpus);
      const score = coverage - LENGTH_COST * (to - from - 1);
      if (score > bestScore) {
        bestScore = score;
        best = { from, to, coverage };
      }
    }
  }
  return best;
}

/** Where windows with most of the claim's words in them begin. */
function beginnings(claim: Claim, source: PreparedSource, corpus: Corpus): Iterable<number> {
  const starts = new Set<number>();
  for (const place of promising(claim.keys, source.passages.keys(), source, corpus)) {
    for (let start = Math.max(0, place - LONGEST + 1); start <= place; start++) starts.add(start);
  }
  return starts;
}

/** In a long source most passages have nothing to do with a claim; only this many are looked at closely. */
const MOST_LOOKED_AT = 64;

/** The passages among `places` that share the most words with `keys`, by weight. */
export function promising(
  keys: Set<string>,
  places: Iterable<number>,
  source: PreparedSource,
  corpus: Corpus,
): number[] {
  const all = [...places];
  if (all.length <= MOST_LOOKED_AT) return all;
  const weights = weightsOf(keys, source, corpus);
  return all.sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0) || a - b).slice(0, MOST_LOOKED_AT);
}

/** The passages of the whole source that share the most words with `keys`, by weight, at most `most`. */
export function closest(keys: Set<string>, source: PreparedSource, corpus: Corpus, most: number): Passage[] {
  const ranked = [...weightsOf(keys, source, corpus)].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return ranked.slice(0, most).flatMap(([place]) => source.passages[place] ?? []);
}

function weightsOf(keys: Set<string>, source: PreparedSource, corpus: Corpus): Map<number, number> {
  const weights = new Map<number, number>();
  for (const key of keys) {
    const weight = corpus.weight(key);
    for (const place of source.places.get(key) ?? []) weights.set(place, (weights.get(place) ?? 0) + weight);
  }
  return weights;
}

interface Side {
  keys: ReadonlySet<string>;
  context: ReadonlySet<string>;
}

/** Weighted share of the keys that the passages, or what stands over them, contain: 0 to 1. */
export function coverageOf(
  keys: Set<string>,
  passages: Side[],
  corpus: Corpus,
  credited: "parts of words" | "whole words" = "parts of words",
): number {
  let all = 0;
  let covered = 0;
  for (const key of keys) {
    const weight = corpus.weight(key);
    all += weight;
    let most = 0;
    for (const passage of passages) {
      most = Math.max(most, credit(key, passage, credited));
      if (most === 1) break;
    }
    covered += weight * most;
  }
  return all === 0 ? 0 : covered / all;
}

/** What stands in the heading was meant, but not said here; a shared beginning is most likely the same word. */
function credit(key: string, passage: Side, credited: "parts of words" | "whole words"): number {
  if (passage.keys.has(key)) return 1;
  if (passage.context.has(key)) return 0.8;
  if (credited === "whole words") return 0;
  if (key.length >= ROOT && rootsOf(passage.keys).has(key.slice(0, ROOT))) {
    for (const other of passage.keys) {
      if (other.length >= ROOT && sharedPrefix(key, other) >= Math.max(ROOT, Math.min(key.length, other.length) - 1))
        return 0.8;
    }
  }
  if (relatedTo(key, "same").some((other) => passage.keys.has(other))) return SAME_MEANING;
  return relatedTo(key, "near").some((other) => passage.keys.has(other)) ? NEAR_MEANING : 0;
}

const SAME_MEANING = 0.7;
const NEAR_MEANING = 0.4;

/** Letters that words of one root share at least. */
const ROOT = 5;
const ROOTS = new WeakMap<ReadonlySet<string>, Set<string>>();

/** The beginnings of the keys: most pairs of words have none in common, and need no closer look. */
function rootsOf(keys: ReadonlySet<string>): Set<string> {
  let roots = ROOTS.get(keys);
  if (!roots) {
    roots = new Set([...keys].filter((key) => key.length >= ROOT).map((key) => key.slice(0, ROOT)));
    ROOTS.set(keys, roots);
  }
  return roots;
}

function sharedPrefix(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}
