import { isStopWord } from "../../text/words.js";
import type { IndexQuery } from "../knowledge-index.js";
import { foldedWords, indexedWords, stemOf } from "../terms.js";

/** A sparse vector as Qdrant takes it: no index twice. */
export interface SparseVector {
  indices: number[];
  values: number[];
}

const K1 = 1.2;
const B = 0.75;
/** Words of the usual passage; Qdrant knows how common a word is, but not how long passages are. */
const USUAL_LENGTH = 180;
/** What a word counts in the heading and in the title, as in the index of the file. */
const [IN_TEXT, IN_HEADING, IN_TITLE] = [1, 1.5, 3];

/** The part of BM25 that belongs to the passage; the other one, how rare a word is, is Qdrant's `idf` modifier. */
export function passageVector(title: string, { heading, text }: { heading: string; text: string }): SparseVector {
  const counts = new Map<string, number>();
  const count = (words: readonly string[], weight: number) => {
    for (const word of words.map(stemOf)) counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  count(indexedWords(title), IN_TITLE);
  if (heading !== title) count(indexedWords(heading), IN_HEADING);
  count(indexedWords(text), IN_TEXT);
  const length = foldedWords(text).filter((word) => !isStopWord(word)).length;
  const slowing = K1 * (1 - B + (B * length) / USUAL_LENGTH);
  return sparse([...counts].map(([word, n]) => [word, (n * (K1 + 1)) / (n + slowing)]));
}

export function questionVector(words: IndexQuery["words"]): SparseVector {
  return sparse(words.map(({ word, weight }) => [stemOf(word), weight]));
}

function sparse(weights: readonly (readonly [string, number])[]): SparseVector {
  const values = new Map<number, number>();
  for (const [word, weight] of weights) {
    const index = numberOf(word);
    values.set(index, (values.get(index) ?? 0) + weight);
  }
  return { indices: [...values.keys()], values: [...values.values()] };
}

/** A word as a number of 32 bits (FNV-1a, finished as in the lexical embedder): of 100,000 words one in 40,000 shares its own. */
function numberOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  return hash >>> 0;
}
