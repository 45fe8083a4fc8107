import { articleId, type Choir, type ChoirErrorCode, type PublishRequest } from "../src/index.js";
import { type TestHome, testHome } from "./support/home.js";

let home: TestHome;
let choir: Choir;

beforeAll(async () => {
  home = await testHome();
  choir = await home.open();
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});

let count = 0;
const article = (over: Partial<PublishRequest> = {}): PublishRequest => {
  count++;
  return {
    markdown: `# Article ${count}\n\nWords about subject${count}.`,
    author: "Ada",
    key: `key-${count}`,
    ...over,
  };
};
const failsWith = (code: ChoirErrorCode) => expect.objectContaining({ name: "ChoirError", code });

describe("publish", () => {
  it("returns an article that can be read, listed and found at once", async () => {
    const sha256 = "a".repeat(64);
    const request = article({
      markdown: "# Spring tides\n\nThe moon and the sun pull together.",
      agent: "agent-1",
      run: "run-1",
      licence: "CC-BY-4.0",
      sources: [{ id: "S1", uri: "https://example.org/moon", sha256 }],
    });
    const published = await choir.publish(request);
    expect(published).toMatchObject({ id: articleId(request.key), first: true, seq: expect.any(Number) });
    expect(published.noveltyScore).toBe(100);

    const read = await choir.get(published.id);
    expect(read).toMatchObject({
      id: published.id,
      version: published.version,
      title: "Spring tides",
      author: "Ada",
      agent: "agent-1",
      run: "run-1",
      licence: "CC-BY-4.0",
      sources: [{ id: "S1", uri: "https://example.org/moon", sha256 }],
      citations: [],
      citedBy: 0,
      seq: published.seq,
      markdown: request.markdown,
    });
    expect(await choir.get(published.id.slice(0, 8))).toEqual(read);
    expect((await choir.list())[0]).toMatchObject({ id: published.id, title: "Spring tides", noveltyScore: 100 });
    const [hit] = await choir.search("does the moon pull");
    expect(hit).toEqual({
      article_id: published.id,
      title: "Spring tides",
      author: "Ada",
      similarity: expect.any(Number),
      content_preview: "The moon and the sun pull together.",
      mode: "lexical",
      passage: { start: 16, end: 51 },
    });
    expect(hit?.similarity).toBeGreaterThan(0.2);
    expect(hit?.similarity).toBeLessThanOrEqual(1);
  });

  it("publishes once for its key, however often and from however many callers", async () => {
    const request = article();
    const all = await Promise.all(Array.from({ length: 20 }, () => choir.publish(request)));
    expect(all.filter(({ first }) => first)).toHaveLength(1);
    expect(
      new Set(all.map(({ seq, id, version, noveltyScore }) => `${seq} ${id} ${version} ${noveltyScore}`)).size,
    ).toBe(1);
    expect(await choir.publish({ ...request, key: ` ${request.key} ` })).toMatchObject({ first: false });
    expect((await choir.list()).filter(({ id }) => id === all[0]?.id)).toHaveLength(1);
  });

  it("refuses another content under the same key", async () => {
    const request = article();
    await choir.publish(request);
    await expect(choir.publish({ ...request, markdown: "# Something else" })).rejects.toEqual(failsWith("key_reused"));
  });

  it("takes articles too large for a message, and sources that are", async () => {
    const markdown = `# Large\n\n${"Every word of it is data. ".repeat(60_000)}`;
    const sources = Array.from({ length: 300 }, (_, i) => ({
      id: `S${i}`,
      uri: `https://example.org/${"x".repeat(3_900)}`,
      sha256: "b".repeat(64),
    }));
    const request = article({ markdown, sources });
    const { id } = await choir.publish(request);
    expect(await choir.publish(request)).toMatchObject({ id, first: false });
    const read = await choir.get(id);
    expect(read.markdown).toBe(markdown);
    expect(read.sources).toHaveLength(300);
  });

  it("keeps hostile Markdown as what it is", async () => {
    const markdown = [
      "# <script>alert(1)</script> '; DROP TABLE articles; --",
      "![x](https://evil.example/pixel.png) <iframe src=javascript:alert(1)>",
      "\u0000 \u202Ereversed\u202C \uD800 | a | b |\n---\nstop: it",
      `${"- ".repeat(5_000)}deep`,
    ].join("\n\n");
    const { id } = await choir.publish(article({ markdown }));
    expect((await choir.get(id)).markdown).toBe(markdown.replace("\uD800", "\uFFFD"));
    expect((await choir.search("reversed iframe javascript"))[0]?.article_id).toBe(id);
  });

  it("gives a Markdown file whose front matter no title can break", async () => {
    const { id } = await choir.publish(article({ markdown: '# A "quoted": title --- # x\n\nText.' }));
    const file = await choir.exportMarkdown(id);
    expect(file).toMatch(/^---\nid: "[0-9a-f]{24}"\n/);
    expect(file).toContain('\ntitle: "A \\"quoted\\": title --- # x"\n');
    expect(file).toMatch(/\n---\n\n# A "quoted": title --- # x\n\nText\.\n$/);
  });

  it("survives a nats-server that is killed under it", async () => {
    const pid = home.backbone.server?.pid;
    const requests = Array.from({ length: 12 }, () => article());
    const publishing = requests.map((request) => choir.publish(request));
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    const published = await Promise.all(publishing);
    expect(new Set(published.map(({ seq }) => seq)).size).toBe(12);
    expect(await Promise.all(requests.map(async (request) => (await choir.publish(request)).first))).not.toContain(
      true,
    );
  });
});

describe("get", () => {
  it("says what to do about an id that is unknown or belongs to several", async () => {
    await expect(choir.get("f".repeat(24))).rejects.toEqual(failsWith("unknown_article"));
    await expect(choir.get("' OR 1=1")).rejects.toEqual(failsWith("unknown_article"));
    await expect(choir.get("")).rejects.toEqual(failsWith("unknown_article"));
    const prefixOf = (key: string) => articleId(key).slice(0, 4);
    const seen = new Map<string, string>();
    let [one, two] = ["", ""];
    for (let i = 0; one === ""; i++) {
      const key = `prefix-${i}`;
      [one, two] = [seen.get(prefixOf(key)) ?? "", key];
      seen.set(prefixOf(key), key);
    }
    await Promise.all([one, two].map((key) => choir.publish(article({ key }))));
    await expect(choir.get(prefixOf(one))).rejects.toEqual(failsWith("ambiguous_id"));
    expect((await choir.get(articleId(one))).id).toBe(articleId(one));
  });
});

describe("cite", () => {
  it("counts each pair of articles once, whatever the retries and the keys", async () => {
    const [cited, one, two] = await Promise.all([1, 2, 3].map(() => choir.publish(article())));
    const cite = (citing: string, key: string) =>
      choir.cite({ citing, cited: cited?.id ?? "", context: "The moon pulls.", key });
    const first = await Promise.all(Array.from({ length: 10 }, (_, i) => cite(one?.id ?? "", `key-${i % 3}`)));
    expect(first.filter((result) => result.first)).toHaveLength(1);
    expect(await choir.citations(cited?.id ?? "")).toBe(1);
    expect(await cite(two?.id ?? "", "other")).toEqual({ first: true, count: 2 });
    expect(await cite(two?.id ?? "", "again")).toEqual({ first: false, count: 2 });
    expect((await choir.get(one?.id ?? "")).citations).toEqual([{ article: cited?.id, context: "The moon pulls." }]);
    expect(await choir.citations(one?.id ?? "")).toBe(0);
  });

  it("counts the citations that a publication declares", async () => {
    const cited = await choir.publish(article());
    const citations = [{ article: cited.id, context: "as shown there" }];
    const request = article({ citations: [...citations, ...citations] });
    const citing = await choir.publish(request);
    await choir.publish(request);
    expect(await choir.citations(cited.id)).toBe(1);
    expect(await choir.cite({ citing: citing.id, cited: cited.id, context: "again", key: "tool-call" })).toEqual({
      first: false,
      count: 1,
    });
  });

  it("refuses an unknown article, the article itself, and no context", async () => {
    const { id } = await choir.publish(article());
    const other = await choir.publish(article());
    const cite = (citing: string, cited: string, context = "c") => choir.cite({ citing, cited, context, key: "k" });
    await expect(cite(id, "f".repeat(24))).rejects.toEqual(failsWith("unknown_article"));
    await expect(cite("f".repeat(24), id)).rejects.toEqual(failsWith("unknown_article"));
    await expect(cite(id, "citation.new.*")).rejects.toEqual(failsWith("unknown_article"));
    await expect(cite(id, id)).rejects.toEqual(failsWith("self_citation"));
    await expect(cite(id, other.id, " ")).rejects.toEqual(failsWith("invalid_citation"));
    const unknown = article({ citations: [{ article: "e".repeat(24), context: "c" }] });
    await expect(choir.publish(unknown)).rejects.toEqual(failsWith("unknown_article"));
  });
});
