import normalizeUrl from "normalize-url";
import type { WebResult } from "./web-search.js";

/** How little the first places are worth above the next ones (Cormack et al. 2009). */
const RRF_K = 60;

/**
 * The hits of several searches as one list, by reciprocal rank: what two of them have found stands above what one of them has. Two addresses
 * of one page, and one title twice, are one hit, with the longer passage; its address is that of the search that had it higher.
 */
export function mergeResults(lists: readonly (readonly WebResult[])[], limit: number): WebResult[] {
  const hits: { result: WebResult; score: number }[] = [];
  const known = new Map<string, { result: WebResult; score: number }>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let rank = 0; rank < longest; rank++) {
    for (const list of lists) {
      const result = list[rank];
      if (result === undefined) continue;
      const names = namesOf(result);
      const before = names.map((name) => known.get(name)).find((hit) => hit !== undefined);
      const hit = before ?? { result, score: 0 };
      hit.score += 1 / (RRF_K + rank + 1);
      if (before === undefined) hits.push(hit);
      else hit.result = richer(before.result, result);
      for (const name of names) known.set(name, hit);
    }
  }
  // A sort is stable: of equals, the one that a search had higher stays in front.
  return hits
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ result }) => result);
}

function richer(first: WebResult, second: WebResult): WebResult {
  return {
    ...second,
    ...first,
    passage: second.passage.length > first.passage.length ? second.passage : first.passage,
  };
}

/** What says that two hits are one. Short titles are those of too many pages. */
function namesOf({ uri, title }: WebResult): string[] {
  const folded = title
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return folded.length >= 20 ? [normalized(uri), `title ${folded}`] : [normalized(uri)];
}

function normalized(uri: string): string {
  if (!/^https?:/i.test(uri) || !URL.canParse(uri)) return uri;
  return normalizeUrl(uri, { forceHttps: true, stripHash: true, stripWWW: true, removeTrailingSlash: true });
}
