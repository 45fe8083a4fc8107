import { checkAgainst } from "../check/check.js";
import { type Corpus, prepareCorpus } from "../check/corpus.js";
import { parseDraft } from "../check/draft.js";
import type { Span } from "../check/sentences.js";
import type { SourceText } from "../check/source.js";
import type { CheckedSentence, Verification } from "../check/verification.js";
import { PassageIndex } from "../search/passages.js";
import { type Candidate, candidatesFor, type Remedy } from "./candidates.js";
import { stretchToRemove, wholeMarks, withoutEmptySections } from "./removal.js";

/** One sentence that did not hold, and what became of it; `after` is empty where it was removed. */
export interface Change {
  readonly how: Remedy;
  readonly before: string;
  readonly after: string;
  /** Why it did not hold, in sentences for a person. */
  readonly why: string;
}

/** A draft in which the sentences that did not hold are mended or gone; all others stand as they stood, letter by letter. */
export interface Mended {
  readonly draft: string;
  readonly changes: readonly Change[];
}

/** What a model proposes in the place of a sentence, by where that begins in the draft. */
export type Rewordings = ReadonlyMap<number, readonly string[]>;

/** Sources beside those cited that are tried for a sentence. */
const MOST_OTHERS = 4;

/**
 * Mends each sentence whose sources do not bear it out: the first candidate that the check by text supports takes its place, and where none
 * does, it goes. Pure and deterministic.
 * @param verification of exactly this draft
 */
export function mend(
  draft: string,
  sources: SourceText[],
  verification: Verification,
  o: { rewordings?: Rewordings } = {},
): Mended {
  const tree = parseDraft(draft);
  const passages = new PassageIndex(sources);
  const corpus = prepareCorpus(sources);
  const readable = new Set(sources.filter(({ unreachable }) => unreachable === undefined).map(({ id }) => id));
  const cuts: (Span & { text: string })[] = [];
  const changes: Change[] = [];
  for (const sentence of verification.sentences) {
    if (sentence.verdict === "supported") continue;
    const span = wholeMarks(draft, sentence.span);
    const before = draft.slice(span.start, span.end);
    const others = othersFor(sentence, passages).filter((id) => readable.has(id));
    const rewordings = o.rewordings?.get(sentence.span.start) ?? [];
    const holding = candidatesFor(before, sentence, { others, rewordings }).find((each) => holds(each, corpus));
    if (holding !== undefined) cuts.push({ ...span, text: holding.text });
    else cuts.push({ ...stretchToRemove(draft, tree, sentence.span), text: "" });
    changes.push({ how: holding?.how ?? "removed", before, after: holding?.text ?? "", why: reasonOf(sentence) });
  }
  return { draft: cuts.length === 0 ? draft : withoutEmptySections(cut(draft, cuts)), changes };
}

/** The sources that speak of what the sentence says and that it does not cite. */
function othersFor({ text, ids }: CheckedSentence, passages: PassageIndex): string[] {
  const found = passages.search(text, 5 * MOST_OTHERS).map(({ id }) => id);
  return [...new Set(found)].filter((id) => !ids.includes(id)).slice(0, MOST_OTHERS);
}

/** A candidate is one sentence that is supported by all that it cites, and nothing else. */
function holds({ text }: Candidate, corpus: Corpus): boolean {
  const { sentences, uncited, problems } = checkAgainst(text, corpus);
  return (
    problems.length === 0 && uncited.length === 0 && sentences.length === 1 && sentences[0]?.verdict === "supported"
  );
}

/** Stretches that overlap, as of two sentences of one row, are cut once. */
function cut(draft: string, cuts: readonly (Span & { text: string })[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, text } of [...cuts].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) {
      at = Math.max(at, end);
      continue;
    }
    result += draft.slice(at, start) + text;
    at = end;
  }
  return result + draft.slice(at);
}

function reasonOf(sentence: CheckedSentence): string {
  const failed = sentence.checks.filter((check) => !check.passed).map(({ detail }) => detail);
  return [...new Set(failed)].join(" ") || "The cited sources do not bear it out.";
}
