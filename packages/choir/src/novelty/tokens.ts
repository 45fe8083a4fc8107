import { isMostlyLatin, latinWord } from "../text/disguise.js";
import { LONGEST_WORD, SPACELESS } from "../text/words.js";

/** A word as it is compared: undisguised, in lower case, without accents; and where it stands. */
export interface Token {
  word: string;
  start: number;
  end: number;
}

const HIDDEN = "\\p{Default_Ignorable_Code_Point}";
const TOKEN = new RegExp(`[${SPACELESS}]|(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}${HIDDEN}])+`, "gu");
const ASCII = /^[\0-\x7f]*$/;

/** The words of a text, in order, in the form in which two texts are compared. */
export function tokensOf(text: string): Token[] {
  const isLatin = ASCII.test(text) || isMostlyLatin(text);
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const word = comparable(match[0], isLatin);
    if (word !== "") tokens.push({ word, start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

function comparable(word: string, isLatin: boolean): string {
  if (ASCII.test(word)) return word.toLowerCase().slice(0, LONGEST_WORD);
  const bare = word.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFKC");
  const latin = latinWord(bare, isLatin).toLowerCase();
  // An accent more or less does not make another word of it; in scripts whose vowels are marks it does.
  const plain = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(latin)
    ? latin.normalize("NFD").replace(/\p{M}/gu, "")
    : latin;
  return plain.slice(0, LONGEST_WORD);
}
