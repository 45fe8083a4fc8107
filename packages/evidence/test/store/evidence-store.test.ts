import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backbone } from "@vibewriter/backbone";
import { natsBinary } from "../../../backbone/test/support/home.js";
import {
  EvidenceError,
  EvidenceStore,
  type EvidenceStoreOptions,
  expandSources,
  extractorFromService,
  type SourceFile,
} from "../../src/index.js";
import type { FetchedPage } from "../../src/sources/fetch.js";
import { startReader, type TestReader } from "../support/reader.js";

const EXAMPLES = join(import.meta.dirname, "../../../../examples/base-defi");
let home: string;
let backbone: Backbone;
let reader: TestReader;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "vw-evidence-"));
  process.env.NATS_SERVER_BIN = (await natsBinary()).path;
  [backbone, reader] = await Promise.all([Backbone.open({ home }), startReader()]);
}, 120_000);
afterAll(async () => {
  await reader?.[Symbol.asyncDispose]();
  await backbone?.close();
  await rm(home, { recursive: true, force: true });
});

const open = (options: Partial<EvidenceStoreOptions>) =>
  EvidenceStore.open({
    backbone,
    agentId: "agent",
    runId: "run",
    extract: extractorFromService((r) => reader.call(r)),
    ...options,
  });

test("the files of a run become S1, S2, … in their order; a second run extracts nothing", async () => {
  const { files } = await expandSources([EXAMPLES]);
  const first = await open({ runId: "first", given: files });
  const { sources, skipped } = await first.readGiven();
  expect(skipped).toEqual([]);
  expect(sources.map((s) => s.id)).toEqual(files.map((_, i) => `S${i + 1}`));
  expect(sources.map((s) => s.uri)).toEqual(files.map((f) => f.uri));
  expect(sources[0]).toMatchObject({ title: "Aave v3 on Base: the USDC supply market", mediaType: "text/markdown" });
  const raw = await readFile(files[0]?.path ?? "");
  expect(Buffer.from(await first.bytes("S1")).equals(raw)).toBe(true);
  const before = reader.calls();
  const start = performance.now();
  const second = await open({ runId: "second", given: files });
  expect((await second.readGiven()).sources.map((s) => s.sha256)).toEqual(sources.map((s) => s.sha256));
  console.info(`second reading of 13 files: ${Math.round(performance.now() - start)} ms`);
  expect(reader.calls()).toBe(before);
});

test("a resumed run has the same ids and texts, without its files", async () => {
  const { files } = await expandSources([EXAMPLES]);
  const store = await open({ runId: "resumed", given: files });
  const read = await store.read("file:base-defi/03-moonwell.md");
  const again = await open({ runId: "resumed" });
  expect(await again.read("file:base-defi/03-moonwell.md")).toEqual(read);
  expect(await again.text(read.id)).toContain("38 million WELL");
  await expect(again.read("file:base-defi/01-aave-v3-usdc.md")).rejects.toMatchObject({ code: "not_found" });
  await expect(again.get("S9")).rejects.toMatchObject({ code: "unknown_source" });
});

test("a text stays the one that was read when the reader has become another one since", async () => {
  const given = [{ ...(await expandSources([EXAMPLES])).files[0], uri: "file:old.md" } as SourceFile];
  const store = await open({ runId: "older", agentId: "older", given });
  const { id, sha256 } = await store.read("file:old.md");
  const text = await store.text(id);
  const [file] = await backbone.files.list(`older/sources/${sha256}.text-`);
  const key = file?.key ?? "";
  const older = key.replace(/\.text-\d+-/, ".text-1-");
  await backbone.files.put(older, (await backbone.files.get(key)) ?? new Uint8Array());
  await backbone.files.put(key, new TextEncoder().encode(JSON.stringify({ text: "As another version reads it." })));
  expect(await (await open({ runId: "older", agentId: "older" })).text(id)).toBe(text);
});

test("a run that has read as much as its record holds says so, and keeps what it has", async () => {
  const title = "long ".repeat(60_000);
  const store = await open({
    runId: "full",
    article: async (name) => ({ title: `${name} ${title}`, markdown: `# ${name}\n\nText of ${name}.` }),
  });
  await store.read("choir:one");
  await store.read("choir:two");
  await expect(store.read("choir:three")).rejects.toMatchObject({
    code: "too_large",
    message: expect.stringContaining("2 sources"),
  });
  expect(await store.list()).toHaveLength(2);
});

test("parallel readers in two processes agree on ids", async () => {
  const { files } = await expandSources([EXAMPLES]);
  const stores = await Promise.all([
    open({ runId: "parallel", given: files }),
    open({ runId: "parallel", given: files }),
  ]);
  const uris = files.map((f) => f.uri);
  const ids = await Promise.all(
    stores.flatMap((store, i) =>
      (i === 0 ? uris : [...uris].reverse()).flatMap((uri) => [store.read(uri), store.read(uri)]),
    ),
  );
  const byUri = new Map(ids.map((s) => [s.uri, s.id]));
  for (const source of ids) expect(source.id).toBe(byUri.get(source.uri));
  expect(new Set(byUri.values()).size).toBe(13);
  expect((await stores[0]?.list())?.map((s) => s.id)).toEqual(uris.map((_, i) => `S${i + 1}`));
});

test("a bad file of a folder is listed; one given by name fails the run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-files-"));
  await writeFile(join(folder, "good.md"), "# Good\n\nText.");
  await writeFile(join(folder, "broken.pdf"), "%PDF-1.7\nrubbish");
  const { files } = await expandSources([folder]);
  const { sources, skipped } = await (await open({ runId: "bad", given: files })).readGiven();
  expect(sources.map((s) => s.title)).toEqual(["Good"]);
  expect(skipped).toMatchObject([{ code: "unreadable", reason: expect.stringContaining("damaged") }]);
  const named = await expandSources([join(folder, "broken.pdf")]);
  await expect((await open({ runId: "bad2", given: named.files })).readGiven()).rejects.toMatchObject({
    code: "unreadable",
  });
  await rm(folder, { recursive: true });
});

test("articles can be read and cited; unknown ones cannot", async () => {
  const article = async (id: string) =>
    id === "a1" ? { title: "On Base", markdown: "# On Base\n\nAave pays 4.6%." } : undefined;
  const store = await open({ runId: "articles", article });
  expect(await store.read("choir:a1")).toMatchObject({ id: "S1", title: "On Base", uri: "choir:a1" });
  await expect(store.read("choir:a2")).rejects.toMatchObject({ code: "not_found" });
  await expect(store.read("/etc/passwd")).rejects.toMatchObject({ code: "not_found" });
  await expect(store.read("file:///etc/passwd")).rejects.toMatchObject({ code: "not_found" });
});

test("what is given is read in the order given, articles among files", async () => {
  const { files } = await expandSources([join(EXAMPLES, "03-moonwell.md"), join(EXAMPLES, "04-compound-comet.md")]);
  const [first, last] = files;
  if (first === undefined || last === undefined) throw new Error("The examples are not there.");
  const article = async (id: string) =>
    id === "a1" ? { title: "On Base", markdown: "# On Base\n\nAave." } : undefined;
  const given = [first, { uri: "choir:a1" as const, isNamed: true as const }, last];
  const { sources } = await (await open({ runId: "mixed", given, article })).readGiven();
  expect(sources.map(({ id, title }) => `${id} ${title}`)).toEqual([
    expect.stringMatching(/^S1 Moonwell/),
    "S2 On Base",
    expect.stringMatching(/^S3 Compound/),
  ]);
  const lost = [{ uri: "choir:a2" as const, isNamed: true as const }];
  await expect((await open({ runId: "lost", given: lost, article })).readGiven()).rejects.toMatchObject({
    code: "not_found",
  });
});

test("search finds the passage that answers, with its exact place", async () => {
  const { files } = await expandSources([EXAMPLES]);
  const store = await open({ runId: "first", given: files });
  await store.readGiven();
  const [best] = await store.search("How long do withdrawals through the canonical bridge take?", 5);
  expect(best?.uri).toBe("file:base-defi/12-bridge-and-sequencer-risk.md");
  expect(best?.text).toContain("take seven days");
  expect((await store.text(best?.id ?? "")).slice(best?.start, best?.end)).toBe(best?.text);
  expect(await store.search("zebra quagga", 5)).toEqual([]);
});

describe("pages of the web", () => {
  const pages = new Map<string, string>();
  const fetch = async (uri: string): Promise<FetchedPage> => {
    const html = pages.get(uri);
    if (html === undefined) throw new EvidenceError("dead_link", `${uri} does not exist.`);
    const bytes = new TextEncoder().encode(html);
    return { bytes, mediaType: "text/html", name: uri, finalUri: `${uri}?moved`, headers: { etag: '"1"' } };
  };
  const page = (text: string, nonce = "1") =>
    `<html><head><title>Rates</title><meta name="nonce" content="${nonce}"></head><body><article><h1>Rates</h1><p>${text}</p></article></body></html>`;
  const URI = "https://rates.example/today";

  it("are kept with where they came from, and a later run is told when they say something else", async () => {
    pages.set(URI, page("Lending pays 4.6 percent a year on the largest market of all."));
    const first = await (await open({ runId: "monday", fetch })).read(URI);
    expect(first).toMatchObject({ id: "S1", finalUri: `${URI}?moved`, headers: { etag: '"1"' } });
    expect(first.changedSince).toBeUndefined();
    // Another nonce is another page to the byte, and says the same.
    pages.set(URI, page("Lending pays 4.6 percent a year on the largest market of all.", "2"));
    const second = await (await open({ runId: "tuesday", fetch })).read(URI);
    expect(second.sha256).not.toBe(first.sha256);
    expect(second.changedSince).toBeUndefined();
    pages.set(URI, page("Lending pays 5.1 percent a year on the largest market of all."));
    const third = await (await open({ runId: "wednesday", fetch })).read(URI);
    const { fetchedAt, sha256 } = second;
    expect(third.changedSince).toEqual({ runId: "tuesday", fetchedAt, sha256 });
    expect(
      (await (await open({ runId: "elsewhere", agentId: "other", fetch })).read(URI)).changedSince,
    ).toBeUndefined();
  });

  it("are there for a run that repeats another one, with ids and dates, and so are those that could not be read", async () => {
    const before = await open({ runId: "original", fetch });
    await before.read(URI);
    const gone = "https://rates.example/gone";
    await expect(before.read(gone)).rejects.toMatchObject({ code: "dead_link" });
    expect(await before.unread()).toMatchObject([{ uri: gone, code: "dead_link" }]);
    expect(await before.unreachable()).toMatchObject([{ id: gone, text: "", unreachable: expect.any(String) }]);
    const again = await open({ runId: "repetition" });
    expect(await again.adopt("original")).toEqual([]);
    expect(await again.list()).toEqual(await before.list());
    expect(await again.read(URI)).toEqual(await before.get("S1"));
    expect(await again.text("S1")).toContain("5.1 percent");
    await expect(again.read(gone)).rejects.toMatchObject({ message: `${gone} does not exist.` });
    await expect(again.read("https://rates.example/new")).rejects.toMatchObject({ code: "not_found" });
    // Doing it again changes nothing.
    await again.adopt("elsewhere");
    expect(await again.list()).toEqual(await before.list());
  });
});
