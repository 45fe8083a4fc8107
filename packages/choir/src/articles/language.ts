import { franc } from "franc-min";
import { z } from "zod";
import { byFrequentWords } from "../novelty/languages.js";
import { tokensOf } from "../novelty/tokens.js";
import { blocksOf } from "../text/markdown.js";

/** A BCP 47 tag in its canonical spelling, such as `en`, `pt-BR` or `zh-Hant`. */
export const languageSchema = z
  .string()
  .max(35)
  .transform((text, context) => {
    const tag = canonicalTag(text.trim());
    if (tag !== undefined) return tag;
    context.addIssue("must be a language tag such as en or pt-BR");
    return z.NEVER;
  });

/** Characters of prose from which the language is told: the detector looks at no more. */
const SAMPLE = 2_048;
/** With less, a guess is as often wrong as right. */
const LEAST = 80;

/**
 * Languages that no other one is written much like, and the share of their most frequent words from which on a text is in one of them:
 * prose has more, and the trigrams of all languages take a millisecond, which is long when ten thousand articles are imported.
 */
const UNLIKE_OTHERS: ReadonlySet<string> = new Set(["de", "en", "fi", "fr", "hu", "pl"]);
const PLAIN_SHARE = 0.25;
const PLAIN_WORDS = 100;

/**
 * The language of an article's prose by its most frequent words or else by its trigrams, or undefined if there is too little of it or it is
 * none that is known.
 */
export function detectLanguage(markdown: string): string | undefined {
  const sample = proseOf(markdown);
  if (sample.length < LEAST) return undefined;
  const words = tokensOf(sample).map(({ word }) => word);
  const { language, share } = byFrequentWords(words);
  if (words.length >= PLAIN_WORDS && share >= PLAIN_SHARE && UNLIKE_OTHERS.has(language)) return language;
  const found = franc(sample, { minLength: LEAST });
  // ISO 639-3 to the two letters that BCP 47 wants where there are two: "deu" to "de", "cmn" to "zh".
  return found === "und" ? undefined : canonicalTag(found);
}

function canonicalTag(text: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(text);
    return tag;
  } catch {
    return undefined; // RangeError: it has not the form of a tag.
  }
}

/** Code and addresses are of no language, and quotations may be of another one. */
function proseOf(markdown: string): string {
  let prose = "";
  for (const block of blocksOf(markdown)) {
    if (block.kind === "text") prose += `${block.text.replace(/https?:\/\/\S+|`[^`]*`/g, " ")}\n`;
    if (prose.length >= SAMPLE) break;
  }
  return prose.slice(0, SAMPLE).trim();
}
