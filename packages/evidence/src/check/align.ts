import type { Corpus } from "./corpus.js";
import { type Clause, clausesOf } from "./denial.js";
import type { Passage } from "./source.js";
import { coverageOf } from "./window.js";

/** What the sentence around a clause counts for. */
const WHOLE = 0.3;

/** A clause of a source, and how much it speaks of what a claim speaks of: 0 to 1. */
export interface Aligned {
  clause: Clause;
  passage: Passage;
  score: number;
}

/** The clauses of passages by how much they speak of what some keys are, the best first; with or without what stands over them. */
export function align(
  keys: Set<string>,
  passages: readonly Passage[],
  corpus: Corpus,
  { withHeadings } = { withHeadings: true },
): Aligned[] {
  return passages
    .flatMap((passage) => {
      const context = withHeadings ? passage.context : NO_CONTEXT;
      const whole = WHOLE * coverageOf(keys, [{ keys: passage.keys, context }], corpus);
      return clausesIn(passage).map((clause): Aligned => {
        const side = { keys: clause.keys, context };
        return { clause, passage, score: whole + (1 - WHOLE) * coverageOf(keys, [side], corpus) };
      });
    })
    .sort((a, b) => b.score - a.score);
}

const NO_CONTEXT: ReadonlySet<string> = new Set();
const CLAUSES = new WeakMap<Passage, Clause[]>();

function clausesIn(passage: Passage): Clause[] {
  let clauses = CLAUSES.get(passage);
  if (!clauses) {
    clauses = clausesOf(passage.text, passage.words);
    CLAUSES.set(passage, clauses);
  }
  return clauses;
}
