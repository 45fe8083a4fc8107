import { CLAUSE } from "../candidates.js";
import type { Hedge } from "./hedge.js";

const SCOPE = /\b(?:in|under|among) (?:some|many|most|certain|several|a few|rare) (?:\p{Ll}+ )?(\p{Ll}{2,}s)\b/iu;

/** "In some cases", where the passage says it of one thing only. */
export const inItsScope: Hedge = (raw, { text }) => {
  const [phrase, noun] = SCOPE.exec(text) ?? [];
  if (phrase === undefined || noun === undefined || CLAUSE.test(text) || CLAUSE.test(raw)) return undefined;
  const stated = new RegExp(`\\b(?:in|under|among) (?:all(?: of)?(?: the)?|the) ${noun}\\b`, "i");
  if (stated.test(raw)) return raw.replace(stated, phrase.toLowerCase());
  return new RegExp(`\\b${noun}\\b`, "i").test(raw) ? undefined : atItsEnd(raw, ` ${phrase.toLowerCase()}`);
};

const ACCORDING = /\baccording to ((?!(?:it|its|them|their|him|his|her)\b)[^,.;:()[\]]{3,60}?)(?=[,.;]|$)/i;
const SPOKEN =
  /^((?:\S+ ){1,6}?)(?:has |have |had )?(?:said|says?|claim(?:s|ed)?|argue[sd]?|estimate[sd]?|believe[sd]?|suggest(?:s|ed)?|expect(?:s|ed)?|reckon(?:s|ed)?|allege[sd]?|maintain(?:s|ed)?|state[sd]?|report(?:s|ed)?) that /i;
/** Whoever writes the source. */
const ITSELF =
  /^(?:we|i|(?:the|our|this) (?:authors?|study|report|paper|article|review|data|results?|findings|analysis))$/i;
const SOMEBODY = /^(?:it|they|he|she|this|these|that|who|some|many|nobody|no one)\b|[,;:[\]()]/i;

/** "According to …", where the source itself says it of another, or of itself, and not outright. */
export const asAttributed: Hedge = (raw, { text, title }) => {
  if (/\baccording to\b/i.test(raw) || SPOKEN.test(raw)) return undefined;
  const speaker = ACCORDING.exec(text)?.[1] ?? SPOKEN.exec(text)?.[1]?.trim();
  if (speaker === undefined || SOMEBODY.test(speaker)) return undefined;
  const plainTitle = title.replace(/[\\*_`[\]<>#|]/g, "").trim();
  if (ITSELF.test(speaker)) return plainTitle === "" ? undefined : atItsEnd(raw, `, according to *${plainTitle}*`);
  return atItsEnd(raw, `, according to ${speaker.replace(/^(?:The|An?|Its|Their)\b/, (word) => word.toLowerCase())}`);
};

/** Puts a phrase before the citations that a sentence ends with. */
function atItsEnd(raw: string, phrase: string): string | undefined {
  const end = /[.!]?\s*(?:\[\s*S\d[^\]]*\][\s,;.]*)+[)*_"”’]*$/i.exec(raw)?.index;
  return end === undefined ? undefined : raw.slice(0, end) + phrase + raw.slice(end);
}
