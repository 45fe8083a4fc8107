import type Database from "better-sqlite3";
import { type AuthorEdge, pairWeight, RECIPROCAL, trustOf } from "../trust.js";
import type { CitationLinks } from "./links.js";

/** Where trust begins: the authors with these keys, or without any the first so many authors. */
export interface TrustBegins {
  seeds: readonly string[];
  founders: number;
}

interface Weights {
  position: string;
  trust: Map<string, number>;
  /** Authors whom anybody trusts. */
  trusted: number;
  /** Author keys by article. */
  authors: Map<string, string>;
  pairs: Set<string>;
  /** Up to when it may be used though there is more, in milliseconds. */
  until: number;
}

/** What takes longer than this, in milliseconds, is not done anew at once: of the thread's time it may take a hundredth. */
const QUICK_MS = 20;
const REST = 100;

/** What the citations of an article weigh by the trust in their authors. */
export class TrustWeights {
  readonly #db: Database.Database;
  readonly #links: CitationLinks;
  #weights: Weights | undefined;

  constructor(db: Database.Database, links: CitationLinks) {
    this.#db = db;
    this.#links = links;
  }

  /**
   * The number of articles that cite this one, each by the trust in its author: 1 for an author trusted as much as the others who are trusted
   * at all, 0 for whoever nobody trusted has cited; the second citation by one author counts less than the first (`pairWeight`), and of two
   * authors who cite each other 0.3. Three decimals. In a large graph it may be of some minutes ago.
   * @param begins the same in every call
   */
  of(article: number, begins: TrustBegins): number {
    const { trust, trusted, authors, pairs } = this.#current(begins);
    const author = authors.get(this.#links.idOf(article));
    const citations = new Map<string, number>();
    for (const citer of this.#links.citedBy(article)) {
      const by = authors.get(this.#links.idOf(citer));
      if (by !== undefined && by !== author) citations.set(by, (citations.get(by) ?? 0) + 1);
    }
    let weight = 0;
    // Sorted, since sums of floating-point numbers depend on their order.
    for (const by of [...citations.keys()].sort()) {
      const damping = author !== undefined && pairs.has(`${author} ${by}`) ? RECIPROCAL : 1;
      weight += trusted * (trust.get(by) ?? 0) * pairWeight(citations.get(by) ?? 0) * damping;
    }
    return Math.round(weight * 1_000) / 1_000;
  }

  #current({ seeds, founders }: TrustBegins): Weights {
    const { position } = this.#links;
    const last = this.#weights;
    const started = performance.now();
    if (last !== undefined && (last.position === position || started < last.until)) return last;
    const { authors, names } = this.#authors();
    const edges = this.#edges(authors);
    const trust = trustOf(names, [...edges.values()], seeds.length > 0 ? seeds : names.slice(0, founders));
    const trusted = [...trust.values()].filter((share) => share > 0).length;
    const took = performance.now() - started;
    const until = took > QUICK_MS ? started + REST * took : 0;
    this.#weights = { position, trust, trusted, authors, pairs: new Set(edges.keys()), until };
    return this.#weights;
  }

  /** The author of each signed article, and the authors in the order of their first ones. */
  #authors(): { authors: Map<string, string>; names: string[] } {
    const rows = this.#db
      .prepare<[], { id: string; author: string }>(
        "SELECT id, author_key AS author FROM articles WHERE author_key IS NOT NULL ORDER BY seq",
      )
      .all();
    return {
      authors: new Map(rows.map(({ id, author }) => [id, author])),
      names: [...new Set(rows.map(({ author }) => author))],
    };
  }

  #edges(authors: Map<string, string>): Map<string, AuthorEdge> {
    const edges = new Map<string, AuthorEdge>();
    for (let article = 0; article < this.#links.size; article++) {
      const citing = authors.get(this.#links.idOf(article));
      if (citing === undefined) continue;
      for (const other of this.#links.cites(article)) {
        const cited = authors.get(this.#links.idOf(other));
        if (cited === undefined || cited === citing) continue;
        const pair = `${citing} ${cited}`;
        const edge = edges.get(pair);
        if (edge === undefined) edges.set(pair, { citing, cited, citations: 1 });
        else edge.citations += 1;
      }
    }
    return edges;
  }
}
