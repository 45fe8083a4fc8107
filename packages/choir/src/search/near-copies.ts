import { dot } from "./dot.js";
import type { Found } from "./rank.js";

/**
 * Cosine from which on two passages are the same but for a word or two. Not less: pages made from one form (a command's manual beside that
 * of its sister) are 0.95 alike, and the few words in which they differ are what was asked for.
 */
const COPY = 0.995;

/** Results among which copies are looked for; further down nobody reads. */
const MOST = 20;

/**
 * Puts each passage that is a near copy of one before it behind the others of the first results: who publishes a text ten times
 * does not fill the page with it.
 */
export function copiesLast(found: readonly Found[], vectorOf: (passage: number) => Int8Array): Found[] {
  const [own, copies]: [Compared[], Found[]] = [[], []];
  for (const one of found.slice(0, MOST)) {
    const vector = vectorOf(one.passage);
    const compared = { found: one, vector, square: dot(vector, vector) };
    if (own.some((other) => isCopy(compared, other))) copies.push(one);
    else own.push(compared);
  }
  return [...own.map((one) => one.found), ...copies, ...found.slice(MOST)];
}

interface Compared {
  found: Found;
  vector: Int8Array;
  /** Of its length. */
  square: number;
}

function isCopy(one: Compared, other: Compared): boolean {
  const product = dot(one.vector, other.vector);
  return product !== 0 && product / Math.sqrt(one.square * other.square) >= COPY;
}
