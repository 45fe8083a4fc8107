/** The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). */
const K = 60;

export interface Fused<Group> {
  group: Group;
  /** The group's item that stands highest in the lists together. */
  best: number;
  score: number;
}

/**
 * Reciprocal rank fusion: every list gives 1 / (60 + rank) to each group (article) at the rank of its first item
 * (passage). Best first; equal scores in the order of `best`, so that the result is the same every time.
 */
export function fuse<Group>(lists: readonly (readonly number[])[], groupOf: (item: number) => Group): Fused<Group>[] {
  const groups = new Map<Group, { score: number; items: Map<number, number> }>();
  for (const list of lists) {
    const seen = new Set<Group>();
    for (const [place, item] of list.entries()) {
      const group = groupOf(item);
      const entry = groups.get(group) ?? { score: 0, items: new Map<number, number>() };
      groups.set(group, entry);
      entry.items.set(item, (entry.items.get(item) ?? 0) + 1 / (K + place + 1));
      if (seen.has(group)) continue;
      seen.add(group);
      entry.score += 1 / (K + seen.size);
    }
  }
  return [...groups]
    .map(([group, { score, items }]) => ({ group, score, best: bestOf(items) }))
    .sort((a, b) => b.score - a.score || a.best - b.best);
}

function bestOf(items: ReadonlyMap<number, number>): number {
  let [best, most] = [0, -1];
  for (const [item, score] of items) {
    if (score > most) [best, most] = [item, score];
  }
  return best;
}
