import { clauseOf, isWithin, withoutCitations } from "./clauses.js";
import { type Corpus, namesOf } from "./corpus.js";
import { type DateMention, datesOf } from "./dates.js";
import { citedIds } from "./draft.js";
import { type Figure, figuresOf } from "./numbers.js";
import { type Quotation, quotationsOf } from "./quotes.js";
import { citationGroups, type Span } from "./sentences.js";
import { type Word, wordsOf } from "./words.js";

/** What a sentence, or the part of it that stands before a citation, says, and the sources it rests on. */
export interface Claim {
  text: string;
  ids: string[];
  words: Word[];
  keys: Set<string>;
  figures: Figure[];
  dates: DateMention[];
  quotations: Quotation[];
  names: string[];
  /** The keys of the clause that a span stands in; of the whole claim where the clause says too little. */
  around(span: Span): Set<string>;
}

/**
 * The claims of one sentence. Where a sentence cites in several places, each part is held against its own sources; parts
 * that say too little alone ("According to [S1], …") make the whole sentence one claim on all its sources.
 */
export function claimsOf(sentence: string, corpus: Corpus): Claim[] {
  const groups = citationGroups(sentence);
  const parts = groups.map((group, i) => {
    const from = groups[i - 1]?.end ?? 0;
    const to = i === groups.length - 1 ? sentence.length : group.end;
    return claimOf(sentence.slice(from, to), corpus);
  });
  const isWeighty = (claim: Claim): boolean =>
    claim.keys.size >= 3 || (claim.keys.size >= 1 && claim.figures.length > 0);
  const isIntroduced = groups.some((group, i) =>
    INTRODUCTION.test(sentence.slice(groups[i - 1]?.end ?? 0, group.start)),
  );
  if (parts.length > 1 && parts.every(isWeighty) && !isIntroduced) return parts;
  return [claimOf(sentence, corpus)];
}

const INTRODUCTION = /(?:according to|as per|per|see|cf\.?|while|whereas|but|and|in|^\s*[,;]?\s*)\s*$/i;

const EDGES = /[,;:(–—]\s|\)|\s(?:and|but|while|whereas|against|versus|compared|although|though|or)\s/g;

/** Takes the text of one claim apart. */
export function claimOf(cited: string, corpus: Corpus): Claim {
  const text = withoutCitations(cited);
  const dates = datesOf(text);
  const figures = figuresOf(text, dates);
  const words = wordsOf(text);
  const content = words.filter((word) => !word.isStop && !isWithin(word, [...dates, ...figures]));
  const keys = new Set(content.map((word) => word.key));
  return {
    text: text.replace(/\s+/g, " ").trim(),
    ids: citedIds(cited),
    words,
    keys,
    figures,
    dates,
    quotations: quotationsOf(text),
    names: namesOf(text, corpus),
    around: (span) => {
      const clause = clauseOf(text, span, EDGES);
      const near = content
        .filter((word) => word.start >= clause.start && word.end <= clause.end)
        .map((word) => word.key);
      return near.length >= 2 ? new Set(near) : keys;
    },
  };
}
