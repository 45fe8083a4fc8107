import type { CitationLinks } from "./links.js";

type Links = Pick<CitationLinks, "size" | "cites" | "citedBy" | "idOf">;

/** From an article to what it cites, or to what cites it. */
export type Direction = "cites" | "cited-by";

/** A chain of articles, each the next step of the one before. */
export type Chain = number[];

function step(links: Links, direction: Direction): (article: number) => readonly number[] {
  return direction === "cites" ? (article) => links.cites(article) : (article) => links.citedBy(article);
}

/** How many other articles can be reached in any number of steps. */
export function countReached(links: Links, start: number, direction: Direction): number {
  const next = step(links, direction);
  const seen = new Uint8Array(links.size);
  seen[start] = 1;
  const queue = [start];
  for (let at = 0; at < queue.length; at++) {
    for (const other of next(queue[at] ?? 0)) {
      if (seen[other] === 1) continue;
      seen[other] = 1;
      queue.push(other);
    }
  }
  return queue.length - 1;
}

/** A shortest chain of citations from one article to another, both included; undefined if there is none. */
export function shortestChain(links: Links, from: number, to: number): Chain | undefined {
  if (from === to) return [from];
  const before = new Int32Array(links.size).fill(-1);
  before[from] = from;
  const queue = [from];
  for (let at = 0; at < queue.length; at++) {
    const article = queue[at] ?? 0;
    for (const cited of links.cites(article)) {
      if (before[cited] !== -1) continue;
      before[cited] = article;
      if (cited === to) return chainTo(to, before);
      queue.push(cited);
    }
  }
  return undefined;
}

function chainTo(end: number, before: Int32Array): Chain {
  const chain = [end];
  for (let at = end; before[at] !== at; ) {
    at = before[at] ?? at;
    chain.unshift(at);
  }
  return chain;
}

/**
 * The chains that begin at an article, `depth` steps long or shorter where they end; none has an article twice, so that a circle ends one.
 * At most `limit`, those over the most cited articles first.
 */
export function chainsFrom(
  links: Links,
  start: number,
  o: { direction: Direction; depth: number; limit: number },
): { chains: Chain[]; truncated: boolean } {
  const next = step(links, o.direction);
  const chains: Chain[] = [];
  const chain = [start];
  const onChain = new Set(chain);
  let truncated = false;
  const visit = (article: number): void => {
    const others = chain.length > o.depth ? [] : next(article).filter((other) => !onChain.has(other));
    if (others.length === 0 && chain.length > 1) chains.push([...chain]);
    for (const other of byFame(links, others)) {
      if (chains.length >= o.limit) {
        truncated = true;
        return;
      }
      chain.push(other);
      onChain.add(other);
      visit(other);
      chain.pop();
      onChain.delete(other);
    }
  };
  visit(start);
  return { chains, truncated };
}

/** The article and those around it, up to `depth` steps in either direction: the nearest first, of those the most cited first. */
export function around(
  links: Links,
  start: number,
  o: { depth: number; limit: number },
): { articles: number[]; truncated: boolean } {
  const seen = new Set([start]);
  let level = [start];
  for (let depth = 0; depth < o.depth && level.length > 0; depth++) {
    const reached = new Set<number>();
    for (const article of level) {
      for (const other of [...links.cites(article), ...links.citedBy(article)])
        if (!seen.has(other)) reached.add(other);
    }
    level = byFame(links, [...reached]);
    for (const other of level) {
      if (seen.size >= o.limit) return { articles: [...seen], truncated: true };
      seen.add(other);
    }
  }
  return { articles: [...seen], truncated: false };
}

/** The articles of the whole graph, the most cited first. */
export function mostCited(links: Links, limit: number): { articles: number[]; truncated: boolean } {
  const all = Array.from({ length: links.size }, (_, article) => article);
  const linked = all.filter((article) => links.cites(article).length + links.citedBy(article).length > 0);
  const counts = Int32Array.from(linked, (article) => links.citedBy(article).length).sort();
  // Only those can be among the first: few are sorted where there are many.
  const least = counts[Math.max(0, linked.length - limit)] ?? 0;
  const famous = linked.filter((article) => links.citedBy(article).length >= least);
  return { articles: byFame(links, famous).slice(0, limit), truncated: linked.length > limit };
}

/** The most cited first, then those that cite most, then by id: the same order after every rebuild. */
function byFame(links: Links, articles: readonly number[]): number[] {
  return [...articles].sort(
    (a, b) =>
      links.citedBy(b).length - links.citedBy(a).length ||
      links.cites(b).length - links.cites(a).length ||
      (links.idOf(a) < links.idOf(b) ? -1 : 1),
  );
}
