// A file with very many passages, made without scoring each of them: that takes longer than all the rest.
import { ArticleTable } from "../../packages/choir/dist/articles/article-table.js";
import { Bigrams } from "../../packages/choir/dist/novelty/bigrams.js";
import { NoveltyMeter } from "../../packages/choir/dist/novelty/meter.js";
import { scaleOf } from "../../packages/choir/dist/novelty/scale.js";
import { SharedText } from "../../packages/choir/dist/novelty/shared-text.js";
import { tokensOf } from "../../packages/choir/dist/novelty/tokens.js";
import { PassageIndex } from "../../packages/choir/dist/search/passage-index.js";
import { openArticleFile, writePosition } from "../../packages/choir/dist/store/article-file.js";

/** Fills a new file with these articles, as { publication, markdown, chunks, vectors }. */
export function fill(path, embedder, articles) {
  const { db } = openArticleFile(path, embedder, true);
  try {
    const [table, passages] = [new ArticleTable(db), new PassageIndex(db)];
    const meter = new NoveltyMeter(db, new SharedText(db), passages, embedder);
    let seq = 0;
    for (const { publication, markdown, chunks, vectors } of articles) {
      seq++;
      const { id, title, createdAt: publishedAt } = publication;
      const vectorOf = (i) => vectors.subarray(i * embedder.dimensions, (i + 1) * embedder.dimensions);
      const record = { novelty: 0.4, score: 50, scale: scaleOf({ quantiles: () => undefined }), passages: [] };
      const counted = chunks.map(() => ({ language: "en", rate: 0.3 }));
      const pairs = [...Bigrams.of(tokensOf(markdown).map(({ word }) => word))];
      db.transaction(() => {
        table.add(seq, { publication, markdown }, record);
        const indexed = chunks.map((chunk, i) => ({ ...chunk, vector: vectorOf(i) }));
        passages.add({ id, seq, title, author: "", tags: [], language: "en", publishedAt, passages: indexed });
        meter.remember({ article: seq, version: seq, markdown, chunks, former: [] }, { record, counted, pairs });
        writePosition(db, { seq, subject: "kb.publish.new", key: id, time: publishedAt });
      })();
      passages.catchUp();
    }
  } finally {
    db.close();
  }
}
