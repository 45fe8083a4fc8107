import { wordSpans } from "../text/words.js";
import { type Embedder, quantizeExactly } from "./embedder.js";
import type { IndexQuery, WeightedWord } from "./knowledge-index.js";
import { clipQuery, queryWords, withCorrections } from "./query.js";
import { foldedWords } from "./terms.js";

/** Who knows which words there are. */
export interface Speller {
  /** For each word of a question that seems misspelt: what it is asked for as, the likeliest first; the weights are 1 in all. */
  corrections(words: readonly string[]): Promise<Record<string, WeightedWord[]>>;
}

/** A question as an index takes it, and its words as they were written. */
export type PreparedQuery = Pick<IndexQuery, "words" | "floor" | "vectorWeight"> & {
  vector: Int8Array;
  asked: string[];
};

/** Prepares any text as a question: words with the corrections of what nobody has written, and the vector of what it means. */
export async function asQuery(text: string, embedder: Embedder, speller: Speller): Promise<PreparedQuery> {
  const { asked, words, whole } = await wordsOf(text, speller);
  const [vector] = await embedder.embed([whole], "query");
  return {
    asked,
    words,
    vector: quantizeExactly(embedder, vector),
    floor: embedder.floor,
    vectorWeight: embedder.weight,
  };
}

/** {@link asQuery} without a vector, for when there is none. */
export async function asWordQuery(text: string, speller: Speller): Promise<Omit<PreparedQuery, "vector">> {
  const { asked, words } = await wordsOf(text, speller);
  return { asked, words, floor: 0, vectorWeight: 0 };
}

async function wordsOf(text: string, speller: Speller) {
  const asked = queryWords(text);
  const corrections = await speller.corrections(asked);
  return { asked, words: withCorrections(asked, corrections), whole: corrected(clipQuery(text), corrections) };
}

/** The text as it was meant, as far as one can tell: with the likeliest correction in the place of each misspelt word. */
function corrected(text: string, corrections: Readonly<Record<string, readonly WeightedWord[]>>): string {
  let [whole, after] = ["", 0];
  for (const { word, start, end } of wordSpans(text)) {
    const [folded = ""] = foldedWords(word);
    const [likeliest] = Object.hasOwn(corrections, folded) ? (corrections[folded] ?? []) : [];
    if (!likeliest) continue;
    whole += text.slice(after, start) + likeliest.word;
    after = end;
  }
  return whole + text.slice(after);
}
