import { join } from "node:path";
import { type Choir, openEmbedder } from "../../../src/index.js";
import { ada, type TestHome, testHome } from "../../support/home.js";
import { library } from "../../support/writing.js";
import { testService } from "../embedders/service.js";
import { type QdrantDouble, qdrantDouble } from "./double.js";

let home: TestHome;
let double: QdrantDouble;
let choir: Choir;
const errors: unknown[] = [];
const open = () => home.open({ qdrant: { url: double.url, apiKey: "secret", onError: (error) => errors.push(error) } });
const publish = async (n: number) => {
  const { markdown = "" } = library()[n] ?? {};
  return (await choir.publish({ markdown, author: "Ada", key: `article-${n}` }, ada)).id;
};
const subject = (n: number) => library()[n]?.subject ?? "";

beforeAll(async () => {
  home = await testHome();
  double = await qdrantDouble("secret");
  choir = await open();
  for (let n = 0; n < 12; n++) await publish(n);
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await double?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});

const search = async (n: number) => (await choir.search(subject(n), { limit: 3 }))[0];
/** The first result, as soon as Qdrant has it. */
const found = async (n: number) =>
  await vi.waitFor(
    async () => {
      const first = await search(n);
      expect(first).not.toHaveProperty("degraded");
      return first;
    },
    { timeout: 20_000, interval: 100 },
  );

it("finds what the file finds, by asking Qdrant", async () => {
  await using file = await home.open({ index: join(home.path, "file.sqlite") });
  await found(0);
  const before = double.requests;
  for (let n = 0; n < 12; n++) {
    const [own, other] = [await file.search(subject(n)), await choir.search(subject(n))];
    expect(other[0]).toEqual({ ...own[0], similarity: expect.closeTo(own[0]?.similarity ?? 0, 1) });
  }
  expect(double.requests).toBeGreaterThan(before);
});

it("answers with the file while Qdrant is down, says so, and brings it up to date afterwards", async () => {
  double.isDown = true;
  const id = await publish(12);
  expect(await search(12)).toMatchObject({ article_id: id, degraded: "other_index" });
  expect(errors.at(-1)).toMatchObject({ code: "index_unavailable" });
  double.isDown = false;
  expect(await found(12)).toMatchObject({ article_id: id });
});

it("takes in what is revised and retracted", async () => {
  const id = await publish(13);
  await choir.revise({ article: id, markdown: "# Zeppelins\n\nAirships over the lake of Constance." }, ada);
  await vi.waitFor(async () => expect((await choir.search("airships"))[0]).not.toHaveProperty("degraded"), 20_000);
  expect((await choir.search("airships"))[0]).toMatchObject({ article_id: id });
  await choir.retract({ article: id, reason: "Wrong lake." }, ada);
  await found(0);
  expect((await choir.search("airships")).map(({ article_id }) => article_id)).not.toContain(id);
});

it("is filled again when it was emptied, after a rebuild and after a start", async () => {
  double.collections.clear();
  await search(1);
  await found(1);
  await choir.rebuild();
  expect(await found(2)).toMatchObject({ title: `Notes on ${subject(2)}` });
  await choir[Symbol.asyncDispose]();
  choir = await open();
  await found(3);
  expect(double.collections.size).toBe(1);
});

it("has a collection for each model", async () => {
  await using service = await testService();
  const embedder = await openEmbedder("openai:text-embedding-9", { key: "key-0123456789", baseUrl: service.url });
  await choir.reembed({ path: join(home.path, "openai.sqlite"), embedder });
  expect(await found(4)).toMatchObject({ title: `Notes on ${subject(4)}`, mode: "semantic" });
  expect(double.collections.size).toBe(2);
});
