// The citation graph at 50,000 articles by 5,000 authors and 500,000 citations: some seconds to make it, then each kind of question, asked
// of articles drawn at random and of the most cited ones in turn.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ARTICLE_TABLES } from "../../packages/choir/dist/articles/article-table.js";
import { CITATION_TABLES } from "../../packages/choir/dist/citations/citation-table.js";
import { GraphReader } from "../../packages/choir/dist/citations/graph/reader.js";
import { p95, row, timed } from "../measure.mjs";

const ARTICLES = 50_000;
const AUTHORS = 5_000;
const CITATIONS = 500_000;
const QUESTIONS = 200;
const trust = { seeds: [], founders: 20 };

const idOf = (n) => n.toString(16).padStart(24, "0");

export async function graphRows() {
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-graph-"));
  const db = new Database(join(folder, "graph.sqlite"));
  try {
    db.pragma("journal_mode = WAL");
    const famous = fill(db);
    const reader = new GraphReader(db);
    const first = await timed(() => reader.path(idOf(ARTICLES - 1), idOf(0)));
    const second = await timed(() => reader.page(idOf(0), { direction: "cites", limit: 1, trust }));
    const random = randomNumbers(7);
    const asked = (i) => idOf(i % 4 === 0 ? famous[(i / 4) % famous.length] : random() % ARTICLES);
    const p95Of = async (ask) => {
      const times = [];
      for (let i = 0; i < QUESTIONS; i++) times.push(await timed(() => ask(asked(i), i)));
      return p95(times);
    };
    const bar = { atMost: 50 };
    const chains = (direction) => (id) => reader.chains(id, { direction, depth: 4, limit: 100 });
    const page = (direction) => (id) => reader.page(id, { direction, limit: 100, trust });
    return [
      row("choir.graph_load", first, "ms", null),
      row("choir.graph_trust", second, "ms", null),
      row("choir.graph_cites_p95", await p95Of(page("cites")), "ms", bar),
      row("choir.graph_cited_by_p95", await p95Of(page("cited-by")), "ms", bar),
      row("choir.graph_chains_p95", await p95Of(chains("cites")), "ms", bar),
      row("choir.graph_chains_back_p95", await p95Of(chains("cited-by")), "ms", bar),
      row("choir.graph_path_p95", await p95Of((id, i) => reader.path(id, asked(i + 1))), "ms", bar),
      row("choir.graph_related_p95", await p95Of((id) => reader.related(id, 10)), "ms", bar),
      row(
        "choir.graph_around_p95",
        await p95Of((id) => reader.graph({ article: id, depth: 2, limit: 200 })),
        "ms",
        bar,
      ),
      row("choir.graph_whole_p95", await p95Of(() => reader.graph({ depth: 1, limit: 200 })), "ms", bar),
    ];
  } finally {
    db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Later articles cite earlier ones, half of the time what others cite already. Returns the most cited articles. */
function fill(db) {
  db.exec(ARTICLE_TABLES + CITATION_TABLES);
  const random = randomNumbers(1);
  const article = db.prepare(
    "INSERT INTO articles (seq, id, version_seq, author_key, publication, markdown, novelty) VALUES (?, ?, 0, ?, ?, '', '{}')",
  );
  const cite = db.prepare("INSERT OR IGNORE INTO citations (citing, cited, seq, claim) VALUES (?, ?, ?, ?)");
  const cited = [];
  const counts = new Uint32Array(ARTICLES);
  db.transaction(() => {
    for (let n = 0; n < ARTICLES; n++) {
      const author = random() % AUTHORS;
      article.run(n + 1, idOf(n), `author ${author}`, JSON.stringify({ title: `Article ${n}`, author: `${author}` }));
    }
    for (let seq = ARTICLES + 1; cited.length < CITATIONS; seq++) {
      const from = 1 + (random() % (ARTICLES - 1));
      const known = random() % 2 === 0 ? (cited[random() % (cited.length + 1)] ?? 0) : random() % from;
      const to = known < from ? known : random() % from;
      if (cite.run(idOf(from), idOf(to), seq, `What ${to} says`).changes === 0) continue;
      cited.push(to);
      counts[to] += 1;
    }
  })();
  return [...counts.keys()].sort((a, b) => counts[b] - counts[a]).slice(0, 50);
}

/** Whole numbers below 2^32, the same for the same seed (xorshift). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
