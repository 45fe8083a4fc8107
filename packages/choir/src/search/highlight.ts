import { isSpaceless, wordSpans } from "../text/words.js";
import { foldedWords, stemOf } from "./terms.js";

/** A part of a text, by its offsets. */
export interface Span {
  start: number;
  end: number;
}

/** Where a text has one of the words, in any form of it; neighbouring characters of a spaceless script are one place. */
export function placesOf(words: readonly string[], text: string): Span[] {
  const stems = new Set(words.map(stemOf));
  const spans = wordSpans(text).map((span) => ({ ...span, word: foldedWords(span.word).join("") }));
  const places: Span[] = [];
  for (const [i, { word, start, end }] of spans.entries()) {
    const next = spans[i + 1];
    const isPair = next && isSpaceless(word) && stems.has(word + next.word);
    if (!isPair && !stems.has(stemOf(word))) continue;
    const before = places.at(-1);
    const until = isPair ? next.end : end;
    if (before && start <= before.end && isSpaceless(word)) before.end = Math.max(before.end, until);
    else places.push({ start, end: until });
  }
  return places;
}

/** The part of a text of at most `length` characters that has the most of the places; the first one of equal ones. */
export function windowOf(text: string, places: readonly Span[], length: number): Span {
  if (text.length <= length) return { start: 0, end: text.length };
  let [best, most] = [0, 0];
  for (const [i, { start }] of places.entries()) {
    const from = Math.max(0, start - Math.floor(length / 6));
    const count = places.slice(i).filter(({ end }) => end <= from + length).length;
    if (count > most) [best, most] = [from, count];
  }
  return trimmed(text, Math.min(best, text.length - length), length);
}

/** Begins and ends between words if there is a space nearby, else anywhere but inside a character. */
function trimmed(text: string, from: number, length: number): Span {
  const near = Math.floor(length / 8);
  const to = Math.min(text.length, from + length);
  const first = from === 0 ? 0 : text.slice(from - 1, from + near).search(/\s\S/);
  let start = from === 0 || first < 0 ? from : from + first;
  const tail = to === text.length ? "" : text.slice(to - near, to + 1);
  const last = tail.search(/\s\S*$/);
  let end = last < 0 ? to : to - near + last;
  if (/[\uDC00-\uDFFF]/.test(text[start] ?? "")) start++;
  if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? "")) end--;
  return { start, end };
}
