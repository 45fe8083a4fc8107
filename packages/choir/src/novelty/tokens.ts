import { isMostlyLatin, latinWord } from "../text/disguise.js";
import { WordScanner } from "../text/word-scanner.js";
import { LONGEST_WORD, SPACELESS } from "../text/words.js";

/** A word as it is compared: undisguised, in lower case, without accents; and where it stands. */
export interface Token {
  word: string;
  start: number;
  end: number;
}

const SCANNER = new WordScanner({ alone: SPACELESS, letters: "\\p{L}\\p{N}\\p{M}\\p{Default_Ignorable_Code_Point}" });

/** The words of a text, in order, in the form in which two texts are compared. */
export function tokensOf(text: string): Token[] {
  let isLatin: boolean | undefined;
  const isLatinText = () => {
    isLatin ??= isMostlyLatin(text);
    return isLatin;
  };
  const tokens: Token[] = [];
  SCANNER.scan(text, (start, end, isAscii) => {
    const written = text.slice(start, end);
    const word = isAscii ? written.toLowerCase().slice(0, LONGEST_WORD) : comparable(written, isLatinText);
    if (word !== "") tokens.push({ word, start, end });
  });
  return tokens;
}

function comparable(word: string, isLatinText: () => boolean): string {
  const bare = word.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFKC");
  // Of a word with Latin letters nobody need know what the text is.
  const latin = latinWord(bare, /\p{Script=Latin}/u.test(bare) || isLatinText()).toLowerCase();
  // An accent more or less does not make another word of it; in scripts whose vowels are marks it does.
  const plain = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(latin)
    ? latin.normalize("NFD").replace(/\p{M}/gu, "")
    : latin;
  return plain.slice(0, LONGEST_WORD);
}
