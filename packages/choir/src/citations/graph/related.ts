import type { CitationLinks } from "./links.js";

/** An article that has something in common with another one. */
export interface Relation {
  article: number;
  /** How many articles cite both, or are cited by both. */
  shared: number;
  /** `shared` over the geometric mean of what each of the two has (Salton's cosine): 0 to 1. */
  strength: number;
}

/** Articles that are cited together with this one (Small 1973), the strongest first. */
export function coCited(links: CitationLinks, article: number, limit: number): Relation[] {
  const citers = links.citedBy(article);
  return relations(links, article, limit, {
    of: citers.map((citer) => links.cites(citer)),
    degree: (other) => links.citedBy(other).length,
  });
}

/** Articles that cite what this one cites (Kessler 1963: bibliographic coupling), the strongest first. */
export function coupled(links: CitationLinks, article: number, limit: number): Relation[] {
  const cited = links.cites(article);
  return relations(links, article, limit, {
    of: cited.map((one) => links.citedBy(one)),
    degree: (other) => links.cites(other).length,
  });
}

function relations(
  links: CitationLinks,
  article: number,
  limit: number,
  { of, degree }: { of: readonly (readonly number[])[]; degree: (article: number) => number },
): Relation[] {
  const shared = new Map<number, number>();
  for (const list of of) for (const other of list) shared.set(other, (shared.get(other) ?? 0) + 1);
  shared.delete(article);
  const own = degree(article);
  return [...shared]
    .map(([other, count]) => ({ article: other, shared: count, strength: count / Math.sqrt(own * degree(other)) }))
    .sort(
      (a, b) =>
        b.strength - a.strength || b.shared - a.shared || (links.idOf(a.article) < links.idOf(b.article) ? -1 : 1),
    )
    .slice(0, limit);
}
