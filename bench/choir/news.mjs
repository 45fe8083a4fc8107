// News at 50,000 articles and 250,000 citations: what a subscription's reader takes at a time, all of it as after a start, and a feed.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ARTICLE_TABLES } from "../../packages/choir/dist/articles/article-table.js";
import { CITATION_TABLES } from "../../packages/choir/dist/citations/citation-table.js";
import { NewsTable } from "../../packages/choir/dist/news/news.js";
import { p95, repeat, row, timed } from "../measure.mjs";

const ARTICLES = 50_000;
const CITES = 5;
const BATCH = 200;
/** A search waits no longer for the thread than for another search. */
const bar = { atMost: 20 };

const hex = (n, digits) => n.toString(16).padStart(digits, "0");

export async function newsRows() {
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-news-"));
  const db = new Database(join(folder, "news.sqlite"));
  try {
    db.pragma("journal_mode = WAL");
    fill(db);
    const news = new NewsTable(db);
    const batches = [];
    let position = 0;
    const pass = await timed(async () => {
      for (let more = true; more; ) {
        batches.push(
          await timed(() => {
            const found = news.after(position, BATCH);
            position = found.at(-1)?.seq ?? position;
            more = found.length > 0;
          }),
        );
      }
    });
    const end = await repeat(200, () => timed(() => news.after(position - 1, BATCH)));
    const feed = await repeat(200, () => timed(() => news.latest({ subjects: [], limit: 50 })));
    return [
      row("choir.news_pass", pass, "ms", null),
      row("choir.news_batch_p95", p95(batches), "ms", bar),
      row("choir.news_latest_one_p95", p95(end), "ms", bar),
      row("choir.news_feed_p95", p95(feed), "ms", bar),
    ];
  } finally {
    db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function fill(db) {
  db.exec(ARTICLE_TABLES + CITATION_TABLES);
  const article = db.prepare(
    "INSERT INTO articles (seq, id, version_seq, author_key, publication, markdown, novelty) VALUES (?, ?, ?, ?, ?, ?, '{}')",
  );
  const cite = db.prepare("INSERT INTO citations (citing, cited, seq, claim) VALUES (?, ?, ?, 'It says so.')");
  const authorKey = Buffer.alloc(32, 5).toString("base64url");
  const text = "Some words of an article. ".repeat(300);
  db.transaction(() => {
    for (let n = 0; n < ARTICLES; n++) {
      const publication = {
        ...{ id: hex(n, 24), version: hex(n, 64), markdownSha256: hex(n, 64), title: `Article ${n}`, author: "Ada" },
        ...{ authorKey, tags: ["sea", "moon"], sources: [], bytes: text.length },
        createdAt: new Date(1e12 + n).toISOString(),
      };
      const seq = 1 + n * (CITES + 1);
      article.run(seq, publication.id, seq, authorKey, JSON.stringify(publication), text);
      for (let k = 1; k <= Math.min(n, CITES); k++) cite.run(publication.id, hex(n - k, 24), seq + k);
    }
  })();
}
