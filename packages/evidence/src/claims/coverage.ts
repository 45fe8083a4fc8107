import type { Corpus } from "../check/corpus.js";
import { citedIds, type DraftSentence } from "../check/draft.js";
import { saidIn } from "../check/rate.js";
import type { Verification } from "../check/verification.js";
import { worthChecking } from "./worth-checking.js";

/** The share of a draft's check-worthy sentences that must carry a citation before it may be published. */
export const REQUIRED_COVERAGE = 0.8;

/** The sentences of a draft that state something and cite nothing. A line that only opens a list is covered by items that all cite. */
export function uncitedSentences(sentences: readonly DraftSentence[], corpus: Corpus): DraftSentence[] {
  const isWorthChecking = worthChecking(corpus);
  return sentences.filter(
    (sentence, i) => !cites(sentence) && isWorthChecking(sentence) && !opensCitedList(sentence, sentences, i),
  );
}

/**
 * Counts check-worthy sentences, and those that cite. What cites is worth checking, whatever it says. Words that are repeated count once, and
 * are cited if they are cited anywhere: a summary may repeat a sentence of the body without its ids.
 */
export function countCoverage(o: Pick<Verification, "sentences" | "uncited">): Verification["coverage"] {
  const cited = new Set(o.sentences.map(({ text }) => saidIn(text)));
  const worth = new Set([...cited, ...o.uncited.map(({ text }) => saidIn(text))]).size;
  return { worth, cited: cited.size, share: worth === 0 ? 1 : cited.size / worth };
}

function cites({ text }: DraftSentence): boolean {
  return citedIds(text).length > 0;
}

/** "The sources differ on Aave's rate:" says what its items say. */
function opensCitedList(sentence: DraftSentence, all: readonly DraftSentence[], at: number): boolean {
  if (!/:\s*$/.test(sentence.text) || /\d/.test(sentence.text)) return false;
  const next = all[at + 1];
  if (next?.list === undefined || next.list === sentence.list) return false;
  const items = all.filter(({ list }) => list === next.list);
  const blocks = new Set(items.map(({ block }) => block));
  return [...blocks].every((block) => items.some((item) => item.block === block && cites(item)));
}
