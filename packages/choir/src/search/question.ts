import { type Embedder, quantizeExactly } from "./embedder.js";
import type { IndexQuery } from "./knowledge-index.js";
import { clipQuery, queryWords, withCorrections } from "./query.js";

/** Who knows which words there are. */
export interface Speller {
  /** For each word that no passage has, in no form: the nearest words that there are, if any, the most common first. */
  corrections(words: readonly string[]): Promise<Record<string, string[]>>;
}

/** A question as an index takes it, and its words as they were written. */
export type PreparedQuery = Pick<IndexQuery, "words" | "floor" | "vectorWeight"> & {
  vector: Int8Array;
  asked: string[];
};

/** Prepares any text as a question: words with the corrections of what nobody has written, and the vector of both. */
export async function asQuery(text: string, embedder: Embedder, speller: Speller): Promise<PreparedQuery> {
  const asked = queryWords(text);
  const corrections = await speller.corrections(asked);
  const whole = [clipQuery(text), ...Object.values(corrections).flat()].join(" ");
  const [vector] = await embedder.embed([whole], "query");
  return {
    asked,
    words: withCorrections(asked, corrections),
    vector: quantizeExactly(embedder, vector),
    floor: embedder.floor,
    vectorWeight: embedder.weight,
  };
}
