import type { Verdict } from "./verification.js";

/** A stretch of a source's text (UTF-16 code units, end exclusive), word for word. */
export interface EntailmentPassage {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Judges by understanding whether passages of one source bear out a claim: a model with a clean context, passed in from above. What it says
 * counts only as far as code confirms it: `quote` must stand in one of the passages, letter by letter.
 */
export type Entailment = (o: {
  readonly claim: string;
  readonly passages: readonly EntailmentPassage[];
  readonly signal: AbortSignal;
}) => Promise<{ readonly verdict: Verdict; readonly quote?: string }>;
