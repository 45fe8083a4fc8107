/** An article with its best passage in one of the lists. */
export interface Found {
  article: number;
  passage: number;
  score: number;
}

/**
 * Makes one list of two: each article has its score of the words as a share of the best one, and that of the vectors likewise,
 * times `weight`. Where the words find nothing the vectors decide alone. The passage is that of the words, if they found
 * the article. Best first; equal ones in the order of their passages, so that the result is the same every time.
 *
 * Shares rather than ranks (Bruch, Gai and Ingber 2023): reciprocal ranks make the first ten of a list nearly equal, and then a
 * list that is worse than the other takes away more than it gives, however little it weighs.
 */
export function fuse(byWords: readonly Found[], byVector: readonly Found[], weight: number): Found[] {
  const fused = new Map<number, Found>();
  for (const { list, most } of [
    { list: byWords, most: 1 },
    { list: byVector, most: weight },
  ]) {
    const best = list[0]?.score ?? 1;
    for (const { article, passage, score } of list) {
      const found = fused.get(article) ?? { article, passage, score: 0 };
      found.score += (most * score) / best;
      fused.set(article, found);
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score || a.passage - b.passage);
}
