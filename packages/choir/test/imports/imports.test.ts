import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Choir, type ImportReport, type ImportRequest, importArticles, Ledger } from "../../src/index.js";
import { ada, bob, type TestHome, testHome } from "../support/home.js";

let home: TestHome;
let choir: Choir;
let folder: string;

beforeAll(async () => {
  home = await testHome();
  choir = await home.open();
  folder = await mkdtemp(join(tmpdir(), "vw-import-"));
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return path;
};
const take = (path: string, o: Partial<ImportRequest> = {}, signer = ada): Promise<ImportReport> =>
  importArticles(choir, { path, author: "Ada", ...o }, signer);

describe("an import", () => {
  it("of a folder takes each Markdown file with its front matter, once, and says which it cannot take", async () => {
    await file(
      "notes/a.md",
      "---\ntitle: Neap tides\nauthor: Bob\ndate: 2019-05-06\ntags: [moon, Sun Light]\nlicense: cc-by-4.0\nurl: https://example.org/a\n---\nNeap tides are weak.\n",
    );
    await file("notes/deep/b.md", "# Spring tides\n\nSee [the other](../a.md).\n");
    await file("notes/.hidden/c.md", "# Hidden\n");
    await file("notes/bad.md", Buffer.from([0xff, 0xfe, 0x00]));
    await file("notes/bomb.md", "---\na: &a [x, x]\nb: &b [*a, *a]\ntags: [*b, *b]\n---\ntext\n");
    await file("notes/huge.md", "x".repeat(2 * 1024 * 1024 + 1));
    const path = join(folder, "notes");

    const dry = await take(path, { dryRun: true, tags: ["ocean"] });
    expect(dry).toMatchObject({ published: 2, already: 0, failed: 3 });
    expect(await choir.list()).toEqual([]);

    const first = await take(path, { tags: ["ocean"] });
    expect(first).toEqual(dry);
    expect(first.problems.map(({ from }) => from)).toEqual(["bad.md", "bomb.md", "huge.md"]);
    const [spring, neap] = await choir.list();
    expect(spring).toMatchObject({
      title: "Spring tides",
      author: "Ada",
      authorKey: ada.publicKey,
      imported: { from: "deep/b.md" },
    });
    expect(await choir.get(neap?.id ?? "")).toMatchObject({
      ...{ title: "Neap tides", author: "Bob", tags: ["moon", "sun-light", "ocean"], licence: "CC-BY-4.0" },
      imported: { from: "a.md", date: "2019-05-06T00:00:00.000Z" },
      sources: [{ id: "origin", uri: "https://example.org/a" }],
      markdown: "Neap tides are weak.\n",
    });

    expect(await take(path, { tags: ["ocean"] })).toMatchObject({ published: 0, already: 2, failed: 3 });
    expect(await choir.list()).toHaveLength(2);
  });

  it("of JSON Lines takes a BEIR corpus as it is, in its order, and names bad lines by their numbers", async () => {
    const lines = [
      '{"_id": "1", "title": "Ebb", "text": "The water goes.", "metadata": {}}',
      "not JSON",
      "",
      '{"_id": 2, "title": "", "text": "A flood comes in from the sea and stays for a while before it goes away again, as ever."}',
      '{"title": "Only a title", "text": ""}',
      '{"text": ""}',
      '{"markdown": "# Slack\\n\\nNothing moves.", "date": "not a date"}',
    ];
    const report = await take(await file("corpus.jsonl", lines.join("\r\n")), {}, bob);
    expect(report).toMatchObject({ published: 3, failed: 3 });
    expect(report.problems.map(({ from }) => from)).toEqual(["corpus.jsonl:2", "corpus.jsonl:6", "corpus.jsonl:7"]);
    const titles = (await choir.list({ limit: 3 })).map(({ title }) => title);
    expect(titles).toEqual([
      "Only a title",
      "A flood comes in from the sea and stays for a while before it goes away again,…",
      "Ebb",
    ]);
    expect((await choir.search("flood sea"))[0]?.title).toMatch(/^A flood/);
  });

  it("that was broken off goes on from there, keeps the order, and pays nothing", async () => {
    const lines = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({ id: i, title: `Item ${i}`, text: `Body number ${i}.` }),
    );
    const path = await file("many.jsonl", lines.join("\n"));
    const stop = new AbortController();
    const request = { path, author: "Bob" };
    const broken = importArticles(choir, request, bob, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(broken).rejects.toMatchObject({ name: "AbortError" });
    const rest = await importArticles(choir, request, bob);
    expect(rest).toMatchObject({ published: 300 - 128, already: 128, failed: 0 });
    const titles = (await choir.list({ limit: 300 })).map(({ title }) => title);
    expect(titles).toEqual(Array.from({ length: 300 }, (_, i) => `Item ${299 - i}`));
    expect(await choir.facts(0, 1_000)).toEqual([]);
    const hash = await choir.exportHash();
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(hash);
  });

  it("is cited, and taken back, without a unit for anybody", async () => {
    await take(await file("cited.md", "# Cited\n\nThe water stands.\n"), { author: "Bob" }, bob);
    const [imported] = await choir.list({ limit: 1 });
    const { id } = await choir.publish({ markdown: "# Citing\n\nIt stands.", author: "Ada", key: "citing" }, ada);
    await choir.cite({ citing: id, cited: imported?.id ?? "", claim: "it stands" }, ada);
    expect(await choir.citations(imported?.id ?? "")).toBe(1);
    await choir.revise({ article: imported?.id ?? "", markdown: "# Cited\n\nThe water stands still.\n" }, bob);
    expect((await choir.get(imported?.id ?? "")).imported).toEqual({ from: "cited.md" });

    await using ledger = await Ledger.open({ backbone: home.backbone, choir, path: join(folder, "ledger.sqlite") });
    await choir.retract({ article: imported?.id ?? "", reason: "It was not mine." }, bob);
    expect((await ledger.verify()).difference).toBeUndefined();
    expect(await ledger.accounts(bob.publicKey)).toEqual([]);
  });

  it("of nothing says what to name", async () => {
    await expect(take(join(folder, "nowhere"))).rejects.toMatchObject({ code: "invalid_import" });
    await expect(take(await file("x.docx", "x"))).rejects.toMatchObject({ code: "invalid_import" });
  });
});

it("exports a version by its reference, from a thread of its own", async () => {
  const { id, version } = await choir.publish(
    { markdown: "# Tides\n\nThey **rise**.", author: "Ada", key: "to-export" },
    ada,
  );
  await choir.revise({ article: id, markdown: "# Tides\n\nThey *fall*." }, ada);
  const former = Buffer.from(await choir.export(`${id}@${version.slice(0, 8)}`, "html")).toString();
  expect(former).toContain("<strong>rise</strong>");
  expect(Buffer.from(await choir.export(id, "html")).toString()).toContain("<em>fall</em>");
});
