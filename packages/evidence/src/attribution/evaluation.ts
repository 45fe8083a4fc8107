import type { Label } from "./rows.js";

/** A row that was judged: what people say of it, and how probable the judge finds that it is attributable (0 to 1). */
export interface Judged {
  label: Label;
  score: number;
}

/** Shares from 0 to 1. */
export interface ClassFigures {
  precision: number;
  recall: number;
  f1: number;
}

/** How a judge does on labelled rows at one threshold. */
export interface Figures {
  rows: number;
  threshold: number;
  /** Label of the people first, then that of the judge. */
  confusion: Record<Label, Record<Label, number>>;
  attributable: ClassFigures;
  notAttributable: ClassFigures;
  macroF1: number;
}

/** A threshold that was chosen on these very rows, and what it lets through. */
export interface FalseAccepts {
  /** At most this share of the attributable rows is refused. */
  falseRejects: number;
  threshold: number;
  /** The share of the rows that are not attributable and are accepted all the same. */
  falseAccepts: number;
}

/** Precision, recall, F1 and the confusion table where rows from `threshold` on are called attributable. */
export function figuresAt(rows: readonly Judged[], threshold: number): Figures {
  const empty = (): Record<Label, number> => ({ attributable: 0, "not attributable": 0 });
  const confusion: Record<Label, Record<Label, number>> = { attributable: empty(), "not attributable": empty() };
  for (const { label, score } of rows) confusion[label][score >= threshold ? "attributable" : "not attributable"]++;
  const figuresOf = (label: Label, other: Label): ClassFigures => {
    const hits = confusion[label][label];
    const precision = share(hits, hits + confusion[other][label]);
    const recall = share(hits, hits + confusion[label][other]);
    return { precision, recall, f1: share(2 * precision * recall, precision + recall) };
  };
  const attributable = figuresOf("attributable", "not attributable");
  const notAttributable = figuresOf("not attributable", "attributable");
  const macroF1 = (attributable.f1 + notAttributable.f1) / 2;
  return { rows: rows.length, threshold, confusion, attributable, notAttributable, macroF1 };
}

/** The false accepts at the highest threshold that refuses no more than `falseRejects` of the attributable rows. */
export function falseAcceptsAt(rows: readonly Judged[], falseRejects: number): FalseAccepts {
  const scoresOf = (wanted: Label): number[] => rows.filter(({ label }) => label === wanted).map(({ score }) => score);
  const good = scoresOf("attributable").sort((a, b) => a - b);
  const threshold = good[Math.floor(falseRejects * good.length)] ?? 0;
  const bad = scoresOf("not attributable");
  return { falseRejects, threshold, falseAccepts: share(bad.filter((score) => score >= threshold).length, bad.length) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
