// The knowledge base's file without a stream or a thread, for scoring many articles quickly: what the thread runs, called directly.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyPair, lexicalEmbedder } from "@vibewriter/choir";
import { preparePublication } from "../../packages/choir/dist/articles/article.js";
import { quantize } from "../../packages/choir/dist/search/embedder.js";
import { Store } from "../../packages/choir/dist/store/store.js";
import { chunkMarkdown } from "../../packages/choir/dist/text/chunk.js";
import { undisguised } from "../../packages/choir/dist/text/disguise.js";
import { fill } from "./filled.mjs";
import { Chance } from "./novelty-cases.mjs";

const { dimensions, model, mode } = lexicalEmbedder;

/** A file, empty or with so many articles of these texts under vectors of no meaning; `close` deletes it. */
export async function openScorer(texts = []) {
  const folder = mkdtempSync(join(tmpdir(), "vw-novelty-"));
  const [path, embedder] = [join(folder, "choir.sqlite"), { dimensions, model, mode }];
  fill(path, embedder, madeUp(texts));
  const store = new Store();
  store.open({ path, embedder, wipe: false });
  let seq = 0;

  const ready = async (markdown) => {
    const chunks = store.chunk(markdown);
    const texts = chunks.map(({ heading, text }) => undisguised(`${heading}\n${text}`));
    const vectors = new Int8Array(chunks.length * dimensions);
    const embedded = await lexicalEmbedder.embed(texts, "passage");
    for (const [i, vector] of embedded.entries()) vectors.set(quantize(vector), i * dimensions);
    return { markdown, chunks, vectors };
  };

  return {
    ready,
    async publish(markdown) {
      const key = `article-${seq++}`;
      const change = { kind: "publication", publication: publicationOf(markdown, key), ...(await ready(markdown)) };
      await store.apply({ seq, subject: `kb.publish.new.${key}`, key, time: new Date().toISOString(), change });
    },
    /** Scores and explains what {@link ready} gave. */
    score: (draft) => store.assess(draft),
    async assess(markdown) {
      return store.assess(await ready(markdown));
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function* madeUp(texts) {
  const chance = new Chance(1);
  let n = 0;
  for (const markdown of texts) {
    const chunks = chunkMarkdown(markdown);
    const vectors = new Int8Array(chunks.length * dimensions).map(() => chance.below(255) - 127);
    yield { publication: publicationOf(markdown, `made-up-${n++}`), markdown, chunks, vectors };
  }
}

const { publicKey } = KeyPair.generate();

function publicationOf(markdown, key) {
  return preparePublication({ markdown, title: "Untitled", author: "Ada", key }, publicKey, new Date()).publication;
}
