import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Choir, type Embedder, openEmbedder, type ReembedProgress } from "../../src/index.js";
import { ada, type TestHome, testHome } from "../support/home.js";
import { library } from "../support/writing.js";
import { type TestService, testService } from "./embedders/service.js";

let home: TestHome;
let service: TestService;
let choir: Choir;
let other: Embedder;
const texts = library().slice(0, 12);
const publish = (n: number, to = choir) =>
  to.publish({ markdown: texts[n]?.markdown ?? "", author: "Ada", key: `article-${n}` }, ada);

beforeAll(async () => {
  home = await testHome();
  service = await testService();
  choir = await home.open();
  for (let n = 0; n < 8; n++) await publish(n);
  other = await openEmbedder("cohere:embed-9", { key: "key-0123456789", baseUrl: service.url });
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  service.failures.length = 0;
  service.asked.length = 0;
});

const place = () => ({ path: join(home.path, "choir", "cohere.sqlite"), embedder: other });
const subject = (n: number) => texts[n]?.subject ?? "";

it("says what there is to embed", async () => {
  const { texts: count, characters } = await choir.embeddingLoad();
  expect(count).toBeGreaterThanOrEqual(8);
  expect(characters).toBeGreaterThan(count * 100);
});

it("leaves the old index as it is when the service refuses", async () => {
  service.failures.push({ status: 401 });
  await expect(choir.reembed(place())).rejects.toMatchObject({ code: "embedder_refused" });
  expect(choir.embedder.model).toBe("lexical-ngram-1");
  expect((await choir.search(subject(0)))[0]).toMatchObject({ mode: "lexical" });
});

it("goes on after an interruption, and answers with the old index until the new one has everything", async () => {
  const stop = new AbortController();
  const heard: ReembedProgress[] = [];
  const aborted = choir.reembed(place(), { signal: stop.signal });
  await vi.waitFor(() => expect(service.asked.length).toBeGreaterThan(2), { timeout: 20_000 });
  stop.abort();
  await expect(aborted).rejects.toMatchObject({ code: "closed" });
  const before = service.asked.length;

  // Busy for a moment: meanwhile the old one answers, and takes a new article in.
  service.failures.push({ status: 429, headers: { "retry-after": "1.5" } });
  const done = choir.reembed(place(), { onProgress: (progress) => heard.push(progress) });
  await vi.waitFor(() => expect(service.failures).toEqual([]), { timeout: 20_000 });
  await publish(8);
  expect((await choir.search(subject(8)))[0]).toMatchObject({ mode: "lexical", title: `Notes on ${subject(8)}` });
  await done;

  const embedded = new Set(service.asked.flatMap(({ texts: all }) => all));
  expect(service.asked.length - before).toBeLessThan(9);
  expect(embedded.size).toBe((await choir.embeddingLoad()).texts);
  expect(heard.every(({ done: at, of }) => at <= of)).toBe(true);
  expect(choir.embedder).toEqual({ model: "cohere:embed-9", dimensions: 1024, mode: "semantic" });
  expect((await choir.search(subject(8)))[0]).toMatchObject({ mode: "semantic", title: `Notes on ${subject(8)}` });
  expect(existsSync(home.index)).toBe(false);
});

it("is the same index that would be made from nothing", async () => {
  await using fresh = await home.open({ index: join(home.path, "fresh.sqlite"), embedder: other });
  expect(await choir.exportHash()).toBe(await fresh.exportHash());
});

it("searches by words while the embedder is away, keeps what is published, and takes it in afterwards", async () => {
  // Tries of half a second, a second, two and four: more than the question waits for.
  service.failures.push(...Array.from({ length: 5 }, () => ({ status: 503 })));
  const found = await choir.search(subject(3));
  expect(found[0]).toMatchObject({ title: `Notes on ${subject(3)}`, degraded: "words_only", similarity: 0 });

  service.failures.length = 0;
  // Until it has been looked for: how long that takes is the machine's affair.
  service.failures.push(...Array.from({ length: 100 }, () => ({ status: 403 })));
  const published = publish(9);
  await vi.waitFor(() => expect(home.events.some(({ type }) => type === "effect_failed")).toBe(true), 20_000);
  expect(await choir.search(subject(9))).toEqual([]);
  service.failures.length = 0;
  expect(await published).toMatchObject({ first: true });
  const [hit] = await choir.search(subject(9));
  expect(hit).toMatchObject({ title: `Notes on ${subject(9)}`, mode: "semantic" });
  expect(hit).not.toHaveProperty("degraded");
});

it("opens with an embedder that refuses, has what it had, and takes the rest in when it may", async () => {
  await choir[Symbol.asyncDispose]();
  {
    await using elsewhere = await home.open({ index: join(home.path, "elsewhere.sqlite") });
    await publish(10, elsewhere);
  }
  service.failures.push(...Array.from({ length: 2 }, () => ({ status: 401 })));
  choir = await home.open({ index: place().path, embedder: other });
  expect((await choir.search(subject(3)))[0]).toMatchObject({
    title: `Notes on ${subject(3)}`,
    degraded: "words_only",
  });
  await vi.waitFor(async () => expect(await choir.search(subject(10))).not.toEqual([]), { timeout: 20_000 });
});
