import type { PreparedSource } from "./source.js";
import { FUNCTION_WORDS } from "./words-of-languages.js";

/** Letters of a text from which on its language can be told. */
const FEWEST_LETTERS = 40;
/** Of a text's words those that are small ones of its language: a fifth and more. Of a list or a program hardly any. */
const FEWEST_SHARE = 0.1;
/** A name or a mark that is often repeated is no language. */
const FEWEST_DISTINCT = 5;
/** How many times as many as of the small words of English. */
const MARGIN = 2;

/** That a source is not in English, which is all that the check by text understands, in a sentence for a person; undefined of one that is. */
export function otherLanguage({ source, passages }: PreparedSource): string | undefined {
  const letters = source.text.match(/\p{L}/gu)?.length ?? 0;
  const latin = source.text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (letters < FEWEST_LETTERS) return undefined;
  const words = passages.flatMap((passage) => passage.words.map(({ text }) => text.toLowerCase()));
  const spelled = latin < letters / 2 ? declared(source.language) : spelledLike(words);
  if (spelled === undefined && latin >= letters / 2) return undefined;
  return (
    `${source.id} is ${spelled === undefined ? "not in English" : `in ${nameOf(spelled)}`}: its figures and dates are compared, but its ` +
    "wording, units and denials are not understood by the match of texts."
  );
}

/** The language that most of a text's small words are of, unless that is English or too few are of any. */
function spelledLike(words: readonly string[]): string | undefined {
  const counts = Object.entries(FUNCTION_WORDS).map(([language, small]): [string, number] => {
    const found = words.filter((word) => small.has(word));
    return [language, new Set(found).size < FEWEST_DISTINCT ? 0 : found.length];
  });
  const english = counts.find(([language]) => language === "en")?.[1] ?? 0;
  const [first] = counts.sort((a, b) => b[1] - a[1]);
  if (first === undefined || first[1] < FEWEST_SHARE * words.length || first[1] < MARGIN * english) return undefined;
  return first[0];
}

/** What a page says that it is in. Pages in any language say English. */
function declared(language: string | undefined): string | undefined {
  const [code] = /^[a-z]{2,3}\b/i.exec(language ?? "") ?? [];
  return code === undefined || /^en$/i.test(code) ? undefined : code.toLowerCase();
}

function nameOf(code: string): string {
  return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
}
