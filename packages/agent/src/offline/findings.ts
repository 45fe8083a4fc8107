import type { Quoted } from "./disagreement.js";

/** Two sentences that stand against each other, and what explains it, where something does. */
export interface Settled {
  readonly first: Quoted;
  readonly second: Quoted;
  /** A sentence, or nothing. */
  readonly note: string;
}

/** What the offline model takes from the answer of the tool `findings`. */
export interface ReadFindings {
  readonly conflicts: readonly Settled[];
  /** What is asked and not well answered. */
  readonly gaps: readonly string[];
}

const CLAIM = /^- (C\d+(?:, C\d+)*) \([\d.]+\): (.+) Says: (S\d+)[^.]*\./;
const CONFLICT = /^- (C\d+) and (C\d+), [a-z]+: .* (?:Open|Settled \(([a-z]+)\)): (.+)$/;
const GAP = /^- (.+): (?:No claim was recorded on it|Its best claim has a certitude of)/;

/** Conflicts that are no more than two different things. */
const NONE = new Set(["scope"]);
const NOTES: Readonly<Record<string, string>> = {
  time: "They speak of different times.",
  newer: "The sources are of different times.",
  source: "The sources are of different kinds.",
};

/** Reads the Markdown of the tool `findings`. */
export function readFindings(text: string): ReadFindings {
  const claims = new Map<string, Quoted>();
  const conflicts: Settled[] = [];
  const gaps: string[] = [];
  for (const line of text.split("\n")) {
    const [, ids = "", said, source] = CLAIM.exec(line) ?? [];
    const [, first = "", second = "", settled = ""] = CONFLICT.exec(line) ?? [];
    const gap = GAP.exec(line)?.[1];
    if (said !== undefined && source !== undefined)
      for (const id of ids.split(", ")) claims.set(id, { source, text: said });
    const pair = [claims.get(first), claims.get(second)];
    if (pair[0] !== undefined && pair[1] !== undefined && !NONE.has(settled))
      conflicts.push({ first: pair[0], second: pair[1], note: NOTES[settled] ?? "" });
    if (gap !== undefined) gaps.push(gap);
  }
  return { conflicts, gaps };
}
