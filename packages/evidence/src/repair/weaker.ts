import { withoutCitations } from "../check/clauses.js";
import type { Corpus } from "../check/corpus.js";
import { citedIds } from "../check/draft.js";
import { keysOf, type Passage } from "../check/source.js";
import type { CheckedSentence } from "../check/verification.js";
import { asAmount, asQuantity } from "./hedges/amounts.js";
import type { Hedge, Said } from "./hedges/hedge.js";
import { asAttributed, inItsScope } from "./hedges/scope.js";
import { asOften, asPossible } from "./hedges/verbs.js";

const HEDGES: readonly Hedge[] = [asPossible, asOften, asAmount, asQuantity, inItsScope, asAttributed];
/** The share of a sentence's words that a passage must have to say the same thing, only weaker. */
const SAME_THING = 0.5;
const DENIES = /\b(?:not?|never|none|neither|nor|cannot|without|hardly|nothing|nobody)\b|n['’]t\b/i;

/**
 * The sentence as weakly as its sources say it, as far as that can be told from a passage that says the same thing: all that the passage
 * weakens first, then each by itself. Only for one that has its wording there, or that a model has judged: words that are put in would else
 * bring in the wording that was missing.
 */
export function weakerWordings(raw: string, sentence: CheckedSentence, corpus: Corpus): string[] {
  const { verdict, method, checks } = sentence;
  if (verdict !== "partial" && verdict !== "contradicted") return [];
  if (method === "lexical" && checks.some(({ kind, passed }) => kind === "overlap" && !passed)) return [];
  // A row of a table has no clauses to put a word in.
  if (raw.includes("|")) return [];
  const found = new Set<string>();
  for (const said of saidOf(raw, sentence, corpus)) {
    let all = raw;
    for (const hedge of HEDGES) all = hedge(all, said) ?? all;
    for (const text of [all, ...HEDGES.map((hedge) => hedge(raw, said))]) {
      if (text !== undefined && text !== raw) found.add(text);
    }
  }
  return [...found];
}

/** Of each cited source the passage that says most of the sentence, if it denies where the sentence does. */
function saidOf(raw: string, { spans, text }: CheckedSentence, corpus: Corpus): Said[] {
  const keys = keysOf(withoutCitations(text));
  return citedIds(raw).flatMap((id): Said[] => {
    const source = corpus.sources.get(id);
    const own = spans.filter((span) => span.id === id);
    const passages = source?.passages.filter(({ start, end }) =>
      own.some((span) => span.start < end && start < span.end),
    );
    const best = passages
      ?.map((passage) => ({ passage, share: shareOf(keys, passage) }))
      .sort((a, b) => b.share - a.share)[0];
    if (source === undefined || best === undefined || best.share < SAME_THING) return [];
    const said = best.passage.text.replace(/[*_`]/g, "");
    return DENIES.test(said) === DENIES.test(raw) ? [{ text: said, title: source.source.title }] : [];
  });
}

function shareOf(keys: ReadonlySet<string>, passage: Passage): number {
  const there = [...keys].filter((key) => passage.keys.has(key) || passage.context.has(key));
  return keys.size === 0 ? 0 : there.length / keys.size;
}
