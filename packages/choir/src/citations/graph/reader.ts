import type Database from "better-sqlite3";
import { resolveReference, unknownArticle } from "../../articles/reference.js";
import { passageSchema } from "../citation.js";
import type {
  CitationChains,
  CitationCounts,
  CitationGraph,
  CitationPage,
  CitationPath,
  GraphArticle,
  GraphCitation,
  RelatedArticles,
} from "./answers.js";
import { CitationLinks } from "./links.js";
import { coCited, coupled, type Relation } from "./related.js";
import { type TrustBegins, TrustWeights } from "./trust-weights.js";
import { around, chainsFrom, countReached, type Direction, mostCited, shortestChain } from "./walks.js";

export interface PageAsked {
  direction: Direction;
  limit: number;
  /** See {@link CitationPage}. */
  before?: number;
  trust: TrustBegins;
}

export interface ChainsAsked {
  direction: Direction;
  /** Steps of a chain. */
  depth: number;
  limit: number;
}

export interface GraphAsked {
  /** Absent: the whole graph, and `depth` means nothing. */
  article?: string;
  depth: number;
  limit: number;
}

interface ArticleRow {
  id: string;
  title: string;
  author: string;
  authorKey: string | null;
  retracted: number;
}

interface CitationRow {
  other: string;
  claim: string;
  passage: string | null;
  citingVersion: string | null;
  citedVersion: string | null;
  seq: number;
}

/**
 * Asks the citation graph. Articles are named by id or the beginning of one.
 * Each method throws ChoirError `unknown_article` or `ambiguous_id`.
 */
export class GraphReader {
  readonly #db: Database.Database;
  readonly #links: CitationLinks;
  readonly #trust: TrustWeights;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#links = new CitationLinks(db);
    this.#trust = new TrustWeights(db, this.#links);
    this.#statements = prepare(db);
  }

  /** What an article cites, or what cites it, with claims and passages. */
  page(reference: string, o: PageAsked): CitationPage {
    const { direction, limit, before = Number.MAX_SAFE_INTEGER } = o;
    const id = this.#asked(reference);
    const rows = this.#statements[direction].all(id, before, limit + 1);
    const citations = rows.slice(0, limit).map((row) => this.#citation(row));
    const last = rows.length > limit ? citations.at(-1)?.seq : undefined;
    return {
      article: this.#article(id),
      counts: this.#counts(id, o.trust),
      citations,
      ...(last !== undefined && { before: last }),
    };
  }

  /** See {@link chainsFrom}. */
  chains(reference: string, o: ChainsAsked): CitationChains {
    const id = this.#asked(reference);
    const { chains, truncated } = this.#from(id, { chains: [], truncated: false }, (start) =>
      chainsFrom(this.#links, start, o),
    );
    const named = chains.map((chain) => chain.map((article) => this.#links.idOf(article)));
    const articles = [...new Set([id, ...named.flat()])].map((one) => this.#article(one));
    return { articles, chains: named, truncated };
  }

  /** A shortest chain of citations between two articles: from the first one to the second, or if there is none the other way. */
  path(one: string, other: string): CitationPath {
    const ids = [this.#asked(one), this.#asked(other)] as const;
    const [from, to] = ids.map((id) => this.#links.numberOf(id));
    if (from === undefined || to === undefined) {
      return { path: ids[0] === ids[1] ? [this.#article(ids[0])] : [], claims: [] };
    }
    const chain = shortestChain(this.#links, from, to) ?? shortestChain(this.#links, to, from) ?? [];
    const path = chain.map((article) => this.#links.idOf(article));
    const claims = path.slice(1).map((cited, i) => this.#statements.claim.get(cited, path[i] ?? "")?.claim ?? "");
    return { path: path.map((id) => this.#article(id)), claims };
  }

  /** Articles that are cited together with this one, and that cite what it cites, the strongest first. */
  related(reference: string, limit: number): RelatedArticles {
    const id = this.#asked(reference);
    const named = (relations: readonly Relation[]) =>
      relations.map(({ article, shared, strength }) => ({
        article: this.#article(this.#links.idOf(article)),
        shared,
        strength: Math.round(strength * 1_000) / 1_000,
      }));
    return {
      article: this.#article(id),
      coCited: named(this.#from(id, [], (start) => coCited(this.#links, start, limit))),
      coupled: named(this.#from(id, [], (start) => coupled(this.#links, start, limit))),
    };
  }

  /** The articles up to `depth` steps around one, or of the whole graph the most cited, and all citations among them. */
  graph(o: GraphAsked): CitationGraph {
    const center = o.article === undefined ? undefined : this.#asked(o.article);
    const links = this.#links;
    links.catchUp();
    const { articles, truncated } =
      center === undefined
        ? mostCited(links, o.limit)
        : this.#from(center, { articles: [], truncated: false }, (start) => around(links, start, o));
    const shown = new Set(articles);
    const citations = articles.flatMap((citing) =>
      links
        .cites(citing)
        .filter((cited) => shown.has(cited))
        .map((cited) => ({ citing: links.idOf(citing), cited: links.idOf(cited) })),
    );
    const ids = articles.map((article) => links.idOf(article));
    const named = (center !== undefined && ids.length === 0 ? [center] : ids).map((id) => this.#article(id));
    return { ...(center !== undefined && { center }), articles: named, citations, truncated };
  }

  #counts(id: string, begins: TrustBegins): CitationCounts {
    const none = { cites: 0, citedBy: 0, citesInAll: 0, citedByInAll: 0, trusted: 0 };
    const links = this.#links;
    return this.#from(id, none, (start) => ({
      cites: links.cites(start).length,
      citedBy: links.citedBy(start).length,
      citesInAll: countReached(links, start, "cites"),
      citedByInAll: countReached(links, start, "cited-by"),
      trusted: this.#trust.of(start, begins),
    }));
  }

  /** What is asked of an article in the graph, or `none` for one without a citation. */
  #from<T>(id: string, none: T, ask: (start: number) => T): T {
    const start = this.#links.numberOf(id);
    return start === undefined ? none : ask(start);
  }

  /** With the links as they are now: what every question begins with. */
  #asked(reference: string): string {
    this.#links.catchUp();
    const { article } = resolveReference(this.#db, reference);
    const found = this.#statements.id.get(article);
    if (found === undefined) throw unknownArticle(reference);
    return found.id;
  }

  #article(id: string): GraphArticle {
    const row = this.#statements.article.get(id);
    if (row === undefined) throw unknownArticle(id);
    const { title, author, authorKey, retracted } = row;
    const number = this.#links.numberOf(id);
    return {
      ...{ id, title, author },
      ...(authorKey !== null && { authorKey }),
      citedBy: number === undefined ? 0 : this.#links.citedBy(number).length,
      retracted: retracted === 1,
    };
  }

  #citation({ other, claim, passage, citingVersion, citedVersion, seq }: CitationRow): GraphCitation {
    return {
      article: this.#article(other),
      claim,
      ...(passage !== null && { passage: passageSchema.parse(JSON.parse(passage)) }),
      ...(citingVersion !== null && { citingVersion }),
      ...(citedVersion !== null && { citedVersion }),
      seq,
    };
  }
}

function prepare(db: Database.Database) {
  const columns = "claim, passage, citing_version AS citingVersion, cited_version AS citedVersion, seq";
  const page = "AND fallen IS NULL AND seq < ? ORDER BY seq DESC LIMIT ?";
  return {
    id: db.prepare<[number], { id: string }>("SELECT id FROM articles WHERE seq = ?"),
    article: db.prepare<[string], ArticleRow>(
      `SELECT id, publication ->> '$.title' AS title, publication ->> '$.author' AS author, author_key AS authorKey,
         retraction_seq IS NOT NULL AS retracted FROM articles WHERE id = ?`,
    ),
    cites: db.prepare<[string, number, number], CitationRow>(
      `SELECT cited AS other, ${columns} FROM citations WHERE citing = ? ${page}`,
    ),
    "cited-by": db.prepare<[string, number, number], CitationRow>(
      `SELECT citing AS other, ${columns} FROM citations WHERE cited = ? ${page}`,
    ),
    claim: db.prepare<[string, string], { claim: string }>(
      "SELECT claim FROM citations WHERE cited = ? AND citing = ?",
    ),
  };
}
