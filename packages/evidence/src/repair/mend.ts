import { checkAgainst } from "../check/check.js";
import { type Corpus, prepareCorpus } from "../check/corpus.js";
import { citedIds, draftSentences, parseDraft } from "../check/draft.js";
import type { Span } from "../check/sentences.js";
import type { SourceText } from "../check/source.js";
import type { CheckedSentence, Verification } from "../check/verification.js";
import { PassageIndex } from "../search/passages.js";
import { Antecedents } from "./antecedent.js";
import { type Candidate, candidatesFor, type Remedy } from "./candidates.js";
import { emptiedSections, stretchToRemove, wholeMarks } from "./removal.js";
import { weakerWordings } from "./weaker.js";

/** One sentence that did not hold, and what became of it; `after` is empty where it was removed. */
export interface Change {
  readonly how: Remedy;
  readonly before: string;
  readonly after: string;
  /** Why it did not hold, in sentences for a person. */
  readonly why: string;
}

/**
 * A draft in which the sentences that did not hold are mended or gone; all others stand as they stood, letter by letter, but for those that
 * point at one that has gone.
 */
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
 * does, it goes. A sentence that would mean something else without the one before it has the name put in, or goes as well. Pure and
 * deterministic, as far as `mayTry` is.
 * @param verification of exactly this draft
 * @param o.mayTry whether there is still time to look for something better than to remove a sentence
 */
export function mend(
  draft: string,
  sources: SourceText[],
  verification: Verification,
  o: { rewordings?: Rewordings; mayTry?: () => boolean } = {},
): Mended {
  const { mayTry = () => true } = o;
  const failing = new Map(verification.sentences.filter(fails).map((sentence) => [sentence.span.start, sentence]));
  if (failing.size === 0) return { draft, changes: [] };
  const tree = parseDraft(draft);
  const passages = new PassageIndex(sources);
  const corpus = prepareCorpus(sources);
  const antecedents = new Antecedents(corpus);
  const readable = new Set(sources.filter(({ unreachable }) => unreachable === undefined).map(({ id }) => id));
  const cuts: (Span & { text: string })[] = [];
  const going: Span[] = [];
  const changes: Change[] = [];
  const betterFor = (raw: string, sentence: CheckedSentence): Candidate | undefined => {
    if (!mayTry()) return undefined;
    const others = othersFor(sentence, passages).filter((id) => readable.has(id));
    const rewordings = o.rewordings?.get(sentence.span.start) ?? [];
    const found = candidatesFor(raw, sentence, { others, rewordings, weaker: weakerWordings(raw, sentence, corpus) });
    return found.find(({ text }) => mayTry() && holds(text, corpus));
  };
  for (const { text, span, block } of draftSentences(draft)) {
    antecedents.enter(block);
    const sentence = failing.get(span.start);
    const place = wholeMarks(draft, span);
    const before = draft.slice(place.start, place.end);
    const better: (Pick<Candidate, "text"> & { how?: Remedy }) | undefined =
      sentence === undefined ? { text: before } : betterFor(before, sentence);
    const connected = better && antecedents.connected(better.text);
    const isSound = connected === better?.text || citedIds(text).length === 0 || holds(connected ?? "", corpus);
    const after = isSound ? connected : undefined;
    antecedents.became(before, after);
    if (after === before) continue;
    const how = after === undefined ? "removed" : (better?.how ?? "named");
    const why = sentence === undefined || (better && after === undefined) ? POINTED_BACK : reasonOf(sentence);
    changes.push({ how, before, after: after ?? "", why });
    if (after !== undefined) cuts.push({ ...place, text: after });
    else going.push(place);
  }
  const removed = going.map((place) => stretchToRemove(draft, tree, place, going));
  const sections = emptiedSections(draft, tree, removed);
  const mended = cut(draft, [...cuts, ...[...removed, ...sections].map((span) => ({ ...span, text: "" }))]);
  const isLastGone = sections.some(({ end }) => end === draft.length);
  return { draft: isLastGone ? mended.replace(/\n{2,}$/, "\n") : mended, changes };
}

const POINTED_BACK = "It opens with a word for something in a sentence that does not stand there any more.";

function fails({ verdict }: CheckedSentence): boolean {
  return verdict !== "supported";
}

/** The sources that speak of what the sentence says and that it does not cite. */
function othersFor({ text, ids }: CheckedSentence, passages: PassageIndex): string[] {
  const found = passages.search(text, 5 * MOST_OTHERS).map(({ id }) => id);
  return [...new Set(found)].filter((id) => !ids.includes(id)).slice(0, MOST_OTHERS);
}

/** What takes a sentence's place is one sentence that is supported by all that it cites, and nothing else. */
function holds(text: string, corpus: Corpus): boolean {
  const { sentences, uncited, problems } = checkAgainst(text, corpus);
  return (
    problems.every(({ code }) => code === "other_language") &&
    uncited.length === 0 &&
    sentences.length === 1 &&
    sentences[0]?.verdict === "supported"
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
