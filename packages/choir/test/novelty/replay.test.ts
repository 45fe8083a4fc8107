import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, preparePublication, prepareRevision } from "../../src/articles/article.js";
import { lexicalEmbedder } from "../../src/index.js";
import { quantize } from "../../src/search/embedder.js";
import { Store } from "../../src/store/store.js";
import { undisguised } from "../../src/text/disguise.js";
import { author } from "../support/home.js";
import { library, SUBJECTS, swapped } from "../support/writing.js";

vi.setConfig({ testTimeout: 120_000 });

const AT = "2026-01-01T00:00:00.000Z";
const [ada, tides] = [author(1).publicKey, readFileSync(new URL("../support/gezeiten.md", import.meta.url), "utf8")];

/** What the records of the articles below were when the formula was made. Another hash means another formula: it needs another name. */
const CHUNK_2 = "e6225369f428c2c55bc99c6dd00771f4eb108e2bc44bae42f58b867d6b4a6fdb";

const folder = mkdtempSync(join(tmpdir(), "vw-replay-"));
const store = new Store();
const records = createHash("sha256");
let seq = 0;

beforeAll(() => {
  const { model, dimensions, mode } = lexicalEmbedder;
  store.open({ path: join(folder, "choir.sqlite"), embedder: { model, dimensions, mode }, wipe: false });
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function draft(markdown: string) {
  const chunks = store.chunk(markdown);
  const texts = chunks.map(({ heading, text }) => undisguised(`${heading}\n${text}`));
  const vectors = new Int8Array(chunks.length * lexicalEmbedder.dimensions);
  for (const [i, vector] of (await lexicalEmbedder.embed(texts, "passage")).entries())
    vectors.set(quantize(vector), i * lexicalEmbedder.dimensions);
  return { markdown, chunks, vectors };
}

async function apply({ publication, markdown }: Document) {
  const ready = await draft(markdown);
  const change = { kind: "publication" as const, publication, ...ready };
  await store.apply({ seq: ++seq, subject: "kb.publish.new", key: `key ${seq}`, time: AT, change });
  records.update(JSON.stringify(store.novelty(`${publication.id}@${publication.version}`)));
  return publication;
}

async function publish(markdown: string, title?: string) {
  const request = { markdown, title, author: "Ada", key: `key ${seq}`, language: "en" };
  return await apply(preparePublication(request, ada, new Date(AT)));
}

describe("the records of formula chunk-2", () => {
  it("are to the last bit what they have always been: of originals, copies, revisions, other scripts, and what was taken back", async () => {
    const originals = [1, 2, 3].flatMap((seed) => library(seed).map(({ markdown }) => markdown));
    const there = [];
    for (const markdown of originals) there.push(await publish(markdown));
    for (const [i, markdown] of originals.slice(0, 12).entries()) await publish(swapped(markdown, i / 20, i));
    await publish(tides);
    await publish(
      `# Cafés “naïve”\n\n${tides.replaceAll("e", "е")}\n\n日本語の文章。${"海は青い。".repeat(30)}\n\n${"ﷺ и мир ".repeat(20)}`,
    );
    const licence =
      "Permission is granted to whoever has a copy of this text to use it, to change it and to give it on to others, as it is or changed, as long as this notice stands in it, and nobody warrants anything for it.";
    for (const subject of SUBJECTS.slice(0, 12))
      await publish(`# ${subject}\n\n${licence}\n\n${library(4)[0]?.markdown.slice(0, 900)}`);
    for (const [i, publication] of there.slice(0, 8).entries()) {
      const markdown = `${originals[i]}\n\n${originals[i + 9]}\n\n${library(5)[i]?.markdown}`;
      await apply(prepareRevision({ article: publication.id, markdown }, publication, ada, new Date(AT)));
    }
    const retraction = { article: there[20]?.id ?? "", reason: "wrong", at: AT, authorKey: ada };
    await store.apply({
      seq: ++seq,
      subject: "kb.publish.new",
      key: "taken back",
      time: AT,
      change: { kind: "retraction", retraction },
    });
    await publish(originals[20] ?? "", "Again");
    for (const markdown of [
      swapped(originals[3] ?? "", 0.3, 9),
      library(6)[0]?.markdown ?? "",
      `# A quotation\n\n> ${tides}`,
    ])
      records.update(JSON.stringify(await store.assess(await draft(markdown))));
    expect(records.digest("hex")).toBe(CHUNK_2);
  });
});
