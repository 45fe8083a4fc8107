import { setImmediate as nextTurn } from "node:timers/promises";
import { isSpaceless, isStopWord, words } from "../text/words.js";
import type { Embedder } from "./embedder.js";

const DIMENSIONS = 1024;

/**
 * Weight of a word's pieces and of pairs beside the word itself (1). Pieces survive a typo and an ending; the values
 * are the best of a sweep over 2,000 manual pages found by their one-line descriptions, with and without a typo.
 */
const PIECES = 1.2;
const PAIR = 0.15;

/** Texts between two turns of the event loop, so that embedding a long article does not hold up the process. */
const TEXTS_A_TURN = 8;

/**
 * The embedder that needs no model, no key and no network: words, their character pieces and neighbouring pairs,
 * hashed with a sign into 1,024 numbers. It sees spelling, not meaning.
 */
export const lexicalEmbedder: Embedder = {
  model: "lexical-ngram-1",
  dimensions: DIMENSIONS,
  mode: "lexical",
  floor: 0.1,
  // It sees what the words see, less exactly: more than this takes away from questions that are spelt well.
  weight: 0.1,
  async embed(texts) {
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      vectors.push(embedText(text));
      if (vectors.length % TEXTS_A_TURN === 0) await nextTurn();
    }
    return vectors;
  },
};

function embedText(text: string): Float32Array {
  const all = words(text);
  const content = all.filter((word) => !isStopWord(word));
  const kept = content.length > 0 ? content : all;

  const counts = new Map<string, number>();
  for (const word of kept) counts.set(word, (counts.get(word) ?? 0) + 1);
  const pairs = new Set<string>();
  for (let i = 1; i < kept.length; i++) pairs.add(`${kept[i - 1]} ${kept[i]}`);

  const vector = new Float32Array(DIMENSIONS);
  for (const [word, count] of counts) {
    const weight = 1 + Math.log(count);
    const { whole, pieces } = featuresOf(word);
    add(vector, whole, weight);
    const each = (weight * PIECES) / Math.sqrt(pieces.length);
    for (const piece of pieces) add(vector, piece, each);
  }
  for (const pair of pairs) add(vector, hashOf(pair), PAIR);
  return vector;
}

/** A word and its pieces as hashes. */
interface Features {
  whole: number;
  pieces: Int32Array;
}

/** Of words that came before: most words of a text have. */
const known = new Map<string, Features>();
const MOST_KNOWN = 20_000;

function featuresOf(word: string): Features {
  const there = known.get(word);
  if (there) return there;
  if (known.size >= MOST_KNOWN) known.clear();
  const pieces = Int32Array.from(piecesOf(word), (piece) => hashOf(`#${piece}`));
  const features = { whole: hashOf(word), pieces };
  known.set(word, features);
  return features;
}

/** The runs of three and four characters of a word with its ends marked: `<cat>` gives `<ca cat at> <cat cat>`. */
function piecesOf(word: string): string[] {
  if (isSpaceless(word)) return [];
  const marked = [...`<${word}>`];
  const pieces: string[] = [];
  for (const length of [3, 4]) {
    for (let i = 0; i + length <= marked.length; i++) pieces.push(marked.slice(i, i + length).join(""));
  }
  return pieces;
}

function add(vector: Float32Array, hash: number, weight: number): void {
  const place = hash & (DIMENSIONS - 1);
  vector[place] = (vector[place] ?? 0) + (hash < 0 ? -weight : weight);
}

function hashOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < feature.length; i++) hash = Math.imul(hash ^ feature.charCodeAt(i), 0x01000193);
  // FNV-1a's low bits are weak for short strings; a finaliser spreads them before ten of them pick the place.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x846ca68b);
  return hash ^ (hash >>> 16);
}
