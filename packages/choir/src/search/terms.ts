import { stemmer } from "stemmer";
import { isSpaceless, words } from "../text/words.js";

const NOT_ASCII = /[^\0-\x7f]/;
const ACCENTS = /([\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu;

/** The words of a text in the form in which they are indexed and asked for: Latin and Greek letters without accents. */
export function foldedWords(text: string): string[] {
  return words(text).map((word) => (NOT_ASCII.test(word) ? withoutAccents(word) : word));
}

/**
 * What of a text is indexed: its words and, of scripts without spaces, each two neighbours too, which are close to a word
 * where a single character says little.
 */
export function indexedWords(text: string): string[] {
  const found = foldedWords(text);
  return found.flatMap((word, i) => {
    const next = found[i + 1] ?? "";
    return isSpaceless(word) && isSpaceless(next) ? [word, word + next] : [word];
  });
}

/** The stem of an indexed word (Porter 1980); words of other letters than a-z are their own. */
export function stemOf(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(word) : word;
}

/**
 * Whether there are words which this one could be a slip of: it is written in a script with spaces between words, and has no digit. A year
 * is not a slip of another year.
 */
export function isSpelt(word: string): boolean {
  const [first = ""] = word;
  return !isSpaceless(first) && !/\p{N}/u.test(word);
}

function withoutAccents(word: string): string {
  return word.normalize("NFD").replace(ACCENTS, "$1").normalize("NFC");
}
