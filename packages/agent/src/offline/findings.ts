import type { Quoted } from "./disagreement.js";
import { EXPLAINED } from "./own-words.js";

/** Two sentences that stand against each other, and what explains it, where something does. */
export interface Settled {
  readonly first: Quoted;
  readonly second: Quoted;
  /** A sentence, or nothing. */
  readonly note: string;
}

const CLAIM = /^- (C\d+(?:, C\d+)*) \([\d.]+\): (.+) Says: (S\d+)[^.]*\./;
const CONFLICT = /^- (C\d+) and (C\d+), [a-z]+: .* (?:Open|Settled \(([a-z]+)\)): (.+)$/;

/** Conflicts that are no more than two different things. */
const NONE = new Set(["scope"]);

/** The conflicts in the Markdown of the tool `findings`, in an order of their own: claims are numbered as researchers came to record them. */
export function readConflicts(text: string): Settled[] {
  const claims = new Map<string, Quoted>();
  const conflicts: Settled[] = [];
  for (const line of text.split("\n")) {
    const [, ids = "", said, source] = CLAIM.exec(line) ?? [];
    const [, one = "", other = "", settled = ""] = CONFLICT.exec(line) ?? [];
    if (said !== undefined && source !== undefined)
      for (const id of ids.split(", ")) claims.set(id, { source, text: said });
    const [first, second] = [one, other].flatMap((id) => claims.get(id) ?? []).sort(order);
    if (first !== undefined && second !== undefined && !NONE.has(settled))
      conflicts.push({ first, second, note: EXPLAINED[settled] ?? "" });
  }
  return conflicts.sort((a, b) => order(a.first, b.first) || order(a.second, b.second));
}

function order(a: Quoted, b: Quoted): number {
  return a.source.localeCompare(b.source, "en", { numeric: true }) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}
