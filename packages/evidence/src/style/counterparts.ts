import { holds } from "../check/lexicon/related.js";
import { onlyLeadsOn } from "../claims/worth-checking.js";
import type { Part } from "./facts.js";

/** A sentence, or the part of it on one source, in other words than before. Without `before` it has come, without `after` it has gone. */
export interface Reworded {
  before?: string;
  after?: string;
}

/** Of the words, numbers, dates and quotations of a part, what its counterpart must have: less, and it says something else. More where nothing else holds the two together. */
const SAME_WORDS = 0.34;
const SAME_WORDS_UNCITED = 0.5;

/** Statements that only one of two versions has, and what both have in other words. What only leads on, or asks, states nothing and may come and go. */
export function counterparts(
  old: readonly Part[],
  now: readonly Part[],
): { added: string[]; dropped: string[]; reworded: Reworded[] } {
  const was = old.filter(isSentence);
  const is = now.filter(isSentence);
  const same = new Set(was.map(lettersOf));
  const kept = new Set(is.map(lettersOf));
  const added: string[] = [];
  const dropped: string[] = [];
  const reworded: Reworded[] = [];
  for (const part of is) {
    if (same.has(lettersOf(part))) continue;
    const before = leadsOn(part) ? undefined : counterpartOf(part, was);
    if (before !== undefined || leadsOn(part)) reworded.push({ before, after: shown(part) });
    else added.push(shown(part));
  }
  for (const part of was) {
    if (kept.has(lettersOf(part))) continue;
    if (leadsOn(part)) reworded.push({ before: shown(part) });
    else if (counterpartOf(part, is) === undefined) dropped.push(shown(part));
  }
  return { added, dropped, reworded };
}

function isSentence({ isHeading, stems, facts }: Part): boolean {
  return !isHeading && stems.size + facts.length > 0;
}

function leadsOn({ ids, text }: Part): boolean {
  return ids === "" && onlyLeadsOn(text);
}

/** What of the other version says it, on the same sources if it cites any: the part with most of its words; where none has enough, two in a row. */
function counterpartOf(part: Part, others: readonly Part[]): string | undefined {
  const { ids, stems } = part;
  const facts = factsOf(part);
  const pool = ids === "" ? others : others.filter((other) => other.ids === ids);
  const enough = ids === "" ? SAME_WORDS_UNCITED : SAME_WORDS;
  const pairs = pool.slice(1).map((next, i) => [pool[i] ?? next, next]);
  for (const groups of [pool.map((one) => [one]), pairs]) {
    let best = { share: 0, text: "" };
    for (const group of groups) {
      const words = [...stems].filter((stem) => group.some((one) => holds(one.stems, stem)));
      const kept = facts.filter((fact) => group.some((one) => factsOf(one).includes(fact)));
      const share = (words.length + kept.length) / (stems.size + facts.length);
      if (share > best.share) best = { share, text: group.map(shown).join(" ") };
    }
    if (best.share >= enough) return best.text;
  }
  return undefined;
}

function factsOf({ facts }: Part): string[] {
  return facts.map(({ kind, key }) => `${kind} ${key}`);
}

/** Without the marks that citations leave behind where they stood. */
function shown({ text }: Part): string {
  return text.replace(/\s+(?=[.,;:!?])/g, "").replace(/^[\s.,;:]+/, "");
}

/** Form is no difference: capitals, spaces, signs. */
function lettersOf({ ids, text }: Part): string {
  return `${ids} ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")}`;
}
