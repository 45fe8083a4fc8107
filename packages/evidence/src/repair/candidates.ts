import { citedIds } from "../check/draft.js";
import { CITATION } from "../check/sentences.js";
import type { CheckedSentence } from "../check/verification.js";

/** How a sentence that its sources do not bear out was mended. "named": it holds, and had a word for what stood in one that does not. */
export type Remedy = "fewer_sources" | "hedged" | "other_source" | "reworded" | "narrowed" | "named" | "removed";

/** Another wording of a sentence, or the same on other sources. */
export interface Candidate {
  readonly how: Exclude<Remedy, "named" | "removed">;
  readonly text: string;
}

/**
 * What might be written in the place of a sentence that does not hold, the least change first: without the sources that do not say it, as
 * weakly as its source says it, on others that may, in another's words, or only as far as its first clause. None of them is known to hold.
 * @param raw the sentence as it stands in the draft, with its marks
 * @param o.weaker the sentence as weakly as its source says it
 * @param o.others sources that speak of the same thing, the likeliest first
 * @param o.rewordings what a model proposes for it
 */
export function candidatesFor(
  raw: string,
  sentence: CheckedSentence,
  o: { weaker: readonly string[]; others: readonly string[]; rewordings: readonly string[] },
): Candidate[] {
  const holding = sentence.citations.filter(({ verdict }) => verdict === "supported").map(({ id }) => id);
  const failing = sentence.citations.filter(({ verdict }) => verdict !== "supported").map(({ id }) => id);
  const found: Candidate[] = [];
  if (holding.length > 0) found.push({ how: "fewer_sources", text: withIds(raw, (id) => !failing.includes(id)) });
  for (const text of o.weaker) found.push({ how: "hedged", text });
  for (const other of o.others) {
    const text = withIds(raw, (id) => !failing.includes(id), other);
    found.push({ how: "other_source", text });
  }
  for (const other of o.others) found.push({ how: "other_source", text: withIds(raw, () => true, other) });
  for (const text of o.rewordings) found.push({ how: "reworded", text });
  const first = firstClause(raw);
  if (first !== undefined) found.push({ how: "narrowed", text: first });
  return found.filter(({ text }) => text !== raw && citedIds(text).length > 0);
}

/** A sentence with the ids that `keep` keeps in its brackets; `added` joins those of the last one. */
function withIds(raw: string, keep: (id: string) => boolean, added?: string): string {
  const groups = [...raw.matchAll(CITATION)];
  const last = groups.at(-1)?.index;
  return raw.replace(/\s?\[S[^\]]*\]/gi, (group, at: number) => {
    const isLast = last !== undefined && at <= last && last < at + group.length;
    const ids = citedIds(group).filter(keep);
    if (isLast && added !== undefined && !ids.includes(added)) ids.push(added);
    const space = /^\s/.test(group) ? group[0] : "";
    return ids.length === 0 ? "" : `${space}[${ids.join(", ")}]`;
  });
}

/** Between two clauses. */
export const CLAUSE =
  /;\s|,\s+(?:and|but|while|whereas|although|though|which|who|because|so|with)\s|\s+(?:while|whereas|although|because)\s/i;
/** A clause of fewer words says too little to be worth keeping. */
const FEWEST_WORDS = 5;

/** The first of several clauses, as a sentence of its own with all of the sentence's ids; undefined where there is one only. */
function firstClause(raw: string): string | undefined {
  const ids = citedIds(raw);
  const end = CLAUSE.exec(raw)?.index;
  if (end === undefined) return undefined;
  const clause = raw.slice(0, end).replace(CITATION, "").replace(/\s+$/, "");
  // Half of a quotation, of a bracket or of an emphasis is none.
  if (!isBalanced(clause) || clause.split(/\s+/).length < FEWEST_WORDS) return undefined;
  return `${clause} [${ids.join(", ")}].`;
}

function isBalanced(text: string): boolean {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return (
    count(/["*_`]/g) % 2 === 0 &&
    count(/[“„«]/g) === count(/[”»]/g) &&
    count(/\(/g) === count(/\)/g) &&
    count(/\[/g) === count(/\]/g)
  );
}
