import Database from "better-sqlite3";
import { ARTICLE_TABLES } from "../../src/articles/article-table.js";
import { CITATION_TABLES } from "../../src/citations/citation-table.js";
import { GraphReader } from "../../src/citations/graph/reader.js";
import { Writing } from "../support/writing.js";

const ARTICLES = 60;
const idOf = (n: number) => n.toString(16).padStart(24, "0");
const trust = { seeds: [], founders: 20 };

/** The graph of a file, without a stream: article n is by author n modulo 7. */
function fileOf(pairs: readonly (readonly [number, number])[], db = new Database(":memory:")) {
  db.exec(ARTICLE_TABLES + CITATION_TABLES);
  const article = db.prepare(
    "INSERT INTO articles (seq, id, version_seq, author_key, publication, markdown, novelty) VALUES (?, ?, 0, ?, ?, '', '{}')",
  );
  for (let n = 0; n < ARTICLES; n++) {
    article.run(
      n + 1,
      idOf(n),
      `author ${n % 7}`,
      JSON.stringify({ title: `Article ${n}`, author: `Author ${n % 7}` }),
    );
  }
  const cite = db.prepare("INSERT INTO citations (citing, cited, seq, claim) VALUES (?, ?, ?, ?)");
  const add = ([from, to]: readonly [number, number], i: number) =>
    cite.run(idOf(from), idOf(to), 1_000 + i, `${from} on ${to}`);
  pairs.forEach(add);
  return { db, add, reader: new GraphReader(db) };
}

/** All pairs once, in any direction: there are circles. */
function randomPairs(count: number): [number, number][] {
  const writing = new Writing(5);
  const number = () => Math.floor(writing.next() * ARTICLES);
  const pairs = new Map<string, [number, number]>();
  while (pairs.size < count) {
    const [from, to] = [number(), number()];
    if (from !== to) pairs.set(`${from} ${to}`, [from, to]);
  }
  return [...pairs.values()];
}

/** Steps from each article to each other one (Floyd and Warshall). */
function distances(pairs: readonly (readonly [number, number])[]): number[][] {
  const steps = Array.from({ length: ARTICLES }, (_, i) =>
    Array.from({ length: ARTICLES }, (_, j) => (i === j ? 0 : Number.POSITIVE_INFINITY)),
  );
  const at = (i: number, j: number) => steps[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (const [from, to] of pairs) (steps[from] ?? [])[to] = 1;
  for (let k = 0; k < ARTICLES; k++) {
    for (let i = 0; i < ARTICLES; i++) {
      for (let j = 0; j < ARTICLES; j++) (steps[i] ?? [])[j] = Math.min(at(i, j), at(i, k) + at(k, j));
    }
  }
  return steps;
}

describe("the citation graph of a file", () => {
  it("answers as the definitions do, before and after citations came and fell", () => {
    const pairs = randomPairs(130);
    const { db, add, reader } = fileOf(pairs.slice(0, 90));
    agree(reader, pairs.slice(0, 90));
    pairs.slice(90).forEach((pair, i) => void add(pair, 90 + i));
    agree(reader, pairs);
    const gone = 7;
    db.prepare("UPDATE citations SET fallen = 5000 WHERE citing = @id OR cited = @id").run({ id: idOf(gone) });
    const left = pairs.filter((pair) => !pair.includes(gone));
    agree(reader, left);
    // A file that is opened later says the same.
    agree(new GraphReader(db), left);
  });

  function agree(reader: GraphReader, pairs: readonly (readonly [number, number])[]): void {
    const steps = distances(pairs);
    const reached = (row: readonly number[]) => row.filter((n) => n > 0 && Number.isFinite(n)).length;
    const citersOf = (n: number) => pairs.filter(([, to]) => to === n).map(([from]) => from);
    for (let n = 0; n < ARTICLES; n++) {
      const { counts, citations } = reader.page(idOf(n), { direction: "cited-by", limit: 500, trust });
      expect(counts).toMatchObject({
        cites: pairs.filter(([from]) => from === n).length,
        citedBy: citersOf(n).length,
        citesInAll: reached(steps[n] ?? []),
        citedByInAll: reached(steps.map((row) => row[n] ?? 0)),
      });
      expect(citations.map(({ article, claim }) => `${article.id} ${claim}`).sort()).toEqual(
        citersOf(n)
          .map((from) => `${idOf(from)} ${from} on ${n}`)
          .sort(),
      );
      const m = (n * 17 + 5) % ARTICLES;
      const { path, claims } = reader.path(idOf(n), idOf(m));
      const [there, back] = [steps[n]?.[m] ?? 0, steps[m]?.[n] ?? 0];
      const expected = Number.isFinite(there) ? there : back;
      expect(path.length).toBe(Number.isFinite(expected) ? expected + 1 : 0);
      claims.forEach((claim, i) => {
        expect(claim).toBe(
          `${Number.parseInt(path[i]?.id ?? "", 16)} on ${Number.parseInt(path[i + 1]?.id ?? "", 16)}`,
        );
      });
      const both = new Map<number, number>();
      for (const [from, to] of pairs) {
        if (to !== n && citersOf(n).includes(from)) both.set(to, (both.get(to) ?? 0) + 1);
      }
      const { coCited } = reader.related(idOf(n), 500);
      expect(new Map(coCited.map(({ article, shared }) => [Number.parseInt(article.id, 16), shared]))).toEqual(both);
    }
  }

  it("follows chains to their ends, through circles once, and says when there are more", () => {
    const { reader } = fileOf([
      [0, 1],
      [1, 2],
      [2, 0],
      [1, 3],
    ]);
    const ask = (depth: number, limit = 100) => reader.chains(idOf(0), { direction: "cites", depth, limit });
    const shown = ({ chains }: { chains: string[][] }) =>
      chains.map((chain) => chain.map((id) => Number.parseInt(id, 16)));
    expect(shown(ask(5))).toEqual([
      [0, 1, 2],
      [0, 1, 3],
    ]);
    expect(shown(ask(1))).toEqual([[0, 1]]);
    expect(ask(5, 1)).toMatchObject({ truncated: true, chains: [[idOf(0), idOf(1), idOf(2)]] });
    expect(ask(5).truncated).toBe(false);
    expect(shown(reader.chains(idOf(3), { direction: "cited-by", depth: 9, limit: 9 }))).toEqual([[3, 1, 0, 2]]);
  });

  it("gives what is in common a strength, and draws the nearest first", () => {
    // 10 and 11 cite 1 and 2; 12 cites 2 only.
    const { reader } = fileOf([
      [10, 1],
      [10, 2],
      [11, 1],
      [11, 2],
      [12, 2],
    ]);
    const named = (list: { article: { title: string }; shared: number; strength: number }[]) =>
      list.map(({ article, shared, strength }) => [article.title, shared, strength]);
    expect(named(reader.related(idOf(1), 5).coCited)).toEqual([["Article 2", 2, 0.816]]);
    expect(named(reader.related(idOf(10), 5).coupled)).toEqual([
      ["Article 11", 2, 1],
      ["Article 12", 1, Number(Math.SQRT1_2.toFixed(3))],
    ]);
    const around = (depth: number, limit: number) => {
      const { articles, citations, truncated } = reader.graph({ article: idOf(1), depth, limit });
      return [articles.map(({ title }) => title.slice(8)).join(" "), citations.length, truncated];
    };
    expect(around(1, 200)).toEqual(["1 10 11", 2, false]);
    expect(around(2, 200)).toEqual(["1 10 11 2", 4, false]);
    expect(around(9, 200)).toEqual(["1 10 11 2 12", 5, false]);
    expect(around(9, 2)).toEqual(["1 10", 1, true]);
    const whole = reader.graph({ depth: 1, limit: 3 });
    expect(whole.articles.map(({ title }) => title.slice(8))).toEqual(["2", "1", "10"]);
    expect(reader.graph({ article: idOf(40), depth: 3, limit: 9 })).toMatchObject({
      center: idOf(40),
      articles: [{ title: "Article 40", citedBy: 0 }],
      citations: [],
    });
  });

  it("counts citations by the trust in their authors", () => {
    // Authors 0 and 1 are the seeds; 0 cites 2. Nobody cites 4, 5 and 6, who cite 3 and each other.
    const pairs: [number, number][] = [
      [0, 2],
      [1, 2],
      [4, 3],
      [5, 3],
      [6, 3],
      [4, 5],
      [5, 4],
    ];
    const begins = { seeds: ["author 0", "author 1"], founders: 20 };
    const { reader } = fileOf(pairs);
    const counts = (n: number) => reader.page(idOf(n), { direction: "cites", limit: 1, trust: begins }).counts;
    expect(counts(3)).toMatchObject({ citedBy: 3, trusted: 0 });
    expect(counts(2).trusted).toBeGreaterThan(1);
    expect(counts(40)).toEqual({ cites: 0, citedBy: 0, citesInAll: 0, citedByInAll: 0, trusted: 0 });
  });

  it("pages through what cites an article", () => {
    const { reader } = fileOf([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    const page = (before?: number) => reader.page(idOf(0), { direction: "cited-by", limit: 2, before, trust });
    const first = page();
    expect(first.citations.map(({ claim }) => claim)).toEqual(["3 on 0", "2 on 0"]);
    const second = page(first.before);
    expect(second.citations.map(({ claim }) => claim)).toEqual(["1 on 0"]);
    expect(second.before).toBeUndefined();
  });
});
