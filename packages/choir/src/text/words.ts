import { WordScanner } from "./word-scanner.js";

/**
 * Scripts written without spaces: every character counts as a word, so that word counts, shingles and phrase
 * queries mean something in them too.
 */
export const SPACELESS =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const SCANNER = new WordScanner({ alone: SPACELESS, letters: "\\p{L}\\p{N}\\p{M}" });
const SPACELESS_WORD = new RegExp(`^[${SPACELESS}]$`, "u");

/** Longer "words" are encoded data, not language; they are cut so that one of them cannot fill an index. */
export const LONGEST_WORD = 64;

/** The words of a text, lower-cased and in compatibility form, without punctuation. */
export function words(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase();
  const found: string[] = [];
  SCANNER.scan(plain, (start, end) => found.push(plain.slice(start, Math.min(end, start + LONGEST_WORD))));
  return found;
}

/** The words of a text as they stand in it, with their offsets. */
export function wordSpans(text: string): { word: string; start: number; end: number }[] {
  const found: { word: string; start: number; end: number }[] = [];
  SCANNER.scan(text, (start, end) => found.push({ word: text.slice(start, end), start, end }));
  return found;
}

/** Whether a word is one character of a script that is written without spaces. */
export function isSpaceless(word: string): boolean {
  return SPACELESS_WORD.test(word);
}

/** English function words: they say nothing about the topic of a text. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

const STOP_WORDS = new Set(
  `a about above after again against all also am an and any are as at be because been before being below between both
  but by can could did do does doing down during each few for from further had has have having he her here hers him his
  how i if in into is it its itself just may me might more most must my no nor not now of off on once only or other our
  ours out over own same shall she should so some such than that the their theirs them then there these they this those
  through to too under until up upon very was we were what when where which while who whom why will with would you your
  yours s t`.split(/\s+/),
);
