// The knowledge base's file without a stream or a thread, for scoring many articles quickly: what the thread runs, called directly.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyPair, lexicalEmbedder } from "@vibewriter/choir";
import { preparePublication } from "../../packages/choir/dist/articles/article.js";
import { quantize } from "../../packages/choir/dist/search/embedder.js";
import { Store } from "../../packages/choir/dist/store/store.js";
import { undisguised } from "../../packages/choir/dist/text/disguise.js";
import { Chance } from "./novelty-cases.mjs";

const { dimensions, model, mode } = lexicalEmbedder;

/** An empty file; `close` deletes it. */
export async function openScorer() {
  const folder = mkdtempSync(join(tmpdir(), "vw-novelty-"));
  const store = new Store();
  store.open({ path: join(folder, "choir.sqlite"), embedder: { dimensions, model, mode }, wipe: true });
  const { publicKey } = KeyPair.generate();
  const chance = new Chance(1);
  let seq = 0;

  const ready = async (markdown, { random = false } = {}) => {
    const chunks = store.chunk(markdown);
    const vectors = new Int8Array(chunks.length * dimensions);
    if (random) for (let i = 0; i < vectors.length; i++) vectors[i] = chance.below(255) - 127;
    else {
      const embedded = await lexicalEmbedder.embed(
        chunks.map(({ heading, text }) => undisguised(`${heading}\n${text}`)),
        "passage",
      );
      for (const [i, vector] of embedded.entries()) vectors.set(quantize(vector), i * dimensions);
    }
    return { markdown, chunks, vectors };
  };

  return {
    ready,
    /** Publishes a text; with `random`, under vectors of no meaning, which are made quickly. */
    async publish(markdown, o) {
      const draft = await ready(markdown, o);
      const key = `article-${seq++}`;
      const request = { markdown: draft.markdown, title: "Untitled", author: "Ada", key };
      const { publication } = preparePublication(request, publicKey, new Date());
      const change = { kind: "publication", publication, ...draft };
      store.apply({ seq, subject: `kb.publish.new.${key}`, key, time: new Date().toISOString(), change });
    },
    /** Scores and explains what {@link ready} gave. */
    score: (draft) => store.assess(draft),
    async assess(markdown) {
      return store.assess(await ready(markdown));
    },
    close() {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
