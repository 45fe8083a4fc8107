import { articleId, type Choir, type ChoirErrorCode, type PublishRequest } from "../src/index.js";
import { ada, author, bob, type TestHome, testHome } from "./support/home.js";

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
    const published = await choir.publish(request, ada);
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
      author_key: ada.publicKey,
      similarity: expect.any(Number),
      content_preview: "The moon and the sun pull together.",
      cited_by: 0,
      mode: "lexical",
      passage: { start: 16, end: 51 },
      preview: { start: 16, end: 51 },
      highlights: [
        { start: 20, end: 24 },
        { start: 37, end: 41 },
      ],
    });
    expect(hit?.similarity).toBeGreaterThan(0.2);
    expect(hit?.similarity).toBeLessThanOrEqual(1);
  });

  it("publishes once for its key, however often and from however many callers", async () => {
    const request = article();
    const all = await Promise.all(Array.from({ length: 20 }, () => choir.publish(request, ada)));
    expect(all.filter(({ first }) => first)).toHaveLength(1);
    expect(
      new Set(all.map(({ seq, id, version, noveltyScore }) => `${seq} ${id} ${version} ${noveltyScore}`)).size,
    ).toBe(1);
    expect(await choir.publish({ ...request, key: ` ${request.key} ` }, ada)).toMatchObject({ first: false });
    expect((await choir.list()).filter(({ id }) => id === all[0]?.id)).toHaveLength(1);
  });

  it("refuses another content under the same key", async () => {
    const request = article();
    await choir.publish(request, ada);
    await expect(choir.publish({ ...request, markdown: "# Something else" }, ada)).rejects.toEqual(
      failsWith("key_reused"),
    );
  });

  it("takes articles too large for a message, and sources that are", async () => {
    const markdown = `# Large\n\n${"Every word of it is data. ".repeat(60_000)}`;
    const sources = Array.from({ length: 300 }, (_, i) => ({
      id: `S${i}`,
      uri: `https://example.org/${"x".repeat(3_900)}`,
      sha256: "b".repeat(64),
    }));
    const request = article({ markdown, sources });
    const { id } = await choir.publish(request, ada);
    expect(await choir.publish(request, ada)).toMatchObject({ id, first: false });
    const read = await choir.get(id);
    expect(read.markdown).toBe(markdown);
    expect(read.sources).toHaveLength(300);
  });

  it.each(["small", "too large for a message"])(
    "refuses an article with a key in it, %s, and keeps nothing of it",
    async (size) => {
      const filling = size === "small" ? "" : "Every word of it is data. ".repeat(60_000);
      const markdown = `# Keys\n\n${filling}\n\nghp_${"0123456789ab".repeat(3)}\n`;
      const files = () => home.backbone.files.list("choir/articles/");
      const before = await files();
      const request = article({ markdown });
      await expect(choir.publish(request, ada)).rejects.toMatchObject({
        code: "secret_found",
        message: expect.stringContaining("what can only be a key (GitHub token)"),
      });
      expect(await files()).toEqual(before);
      await expect(choir.get(articleId(request.key))).rejects.toEqual(failsWith("unknown_article"));
    },
  );

  it("keeps hostile Markdown as what it is", async () => {
    const markdown = [
      "# <script>alert(1)</script> '; DROP TABLE articles; --",
      "![x](https://evil.example/pixel.png) <iframe src=javascript:alert(1)>",
      "\u0000 \u202Ereversed\u202C \uD800 | a | b |\n---\nstop: it",
      `${"- ".repeat(10_000)}deep`,
    ].join("\n\n");
    const { id } = await choir.publish(article({ markdown }), ada);
    expect((await choir.get(id)).markdown).toBe(markdown.replace("\uD800", "\uFFFD"));
    expect((await choir.search("reversed iframe javascript"))[0]?.article_id).toBe(id);
  });

  it("gives a Markdown file whose front matter no title can break", async () => {
    const { id } = await choir.publish(article({ markdown: '# A "quoted": title --- # x\n\nText.' }), ada);
    const file = Buffer.from(await choir.export(id, "markdown")).toString();
    expect(file).toMatch(/^---\nid: "[0-9a-f]{24}"\n/);
    expect(file).toContain('\ntitle: "A \\"quoted\\": title --- # x"\n');
    expect(file).toMatch(/\n---\n\n# A "quoted": title --- # x\n\nText\.\n$/);
  });

  it("survives a nats-server that is killed under it", async () => {
    const pid = home.backbone.server?.pid;
    const requests = Array.from({ length: 12 }, () => article());
    const publishing = requests.map((request) => choir.publish(request, ada));
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    const published = await Promise.all(publishing);
    expect(new Set(published.map(({ seq }) => seq)).size).toBe(12);
    expect(await Promise.all(requests.map(async (request) => (await choir.publish(request, ada)).first))).not.toContain(
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
    await Promise.all([one, two].map((key) => choir.publish(article({ key }), ada)));
    await expect(choir.get(prefixOf(one))).rejects.toEqual(failsWith("ambiguous_id"));
    expect((await choir.get(articleId(one))).id).toBe(articleId(one));
  });
});

describe("cite", () => {
  it("counts each pair of articles once, whatever the retries and the claims", async () => {
    const markdown = "# Tides\n\nThe moon\npulls the sea.";
    const cited = await choir.publish(article({ markdown }), ada);
    const [one, two] = await Promise.all([1, 2].map(() => choir.publish(article(), bob)));
    const cite = (citing = "", claim = "The moon pulls.") =>
      choir.cite({ citing, cited: cited.id, claim, passage: "moon pulls  the sea" }, bob);
    const first = await Promise.all(Array.from({ length: 10 }, (_, i) => cite(one?.id, `claim ${i % 3}`)));
    expect(first.filter((result) => result.first)).toHaveLength(1);
    expect(await choir.citations(cited.id)).toBe(1);
    expect(await cite(two?.id)).toEqual({ first: true, count: 2 });
    expect(await cite(two?.id, "another claim")).toEqual({ first: false, count: 2 });
    expect((await choir.get(two?.id ?? "")).citations).toEqual([
      {
        article: cited.id,
        version: cited.version,
        claim: "The moon pulls.",
        passage: { start: 13, end: 31, text: "moon\npulls the sea" },
      },
    ]);
    expect(await choir.citations(one?.id ?? "")).toBe(0);
  });

  it("refuses an unknown article, one's own, another author's pen, no claim, and words that do not stand there", async () => {
    const { id } = await choir.publish(article(), ada);
    const [other, own] = [await choir.publish(article(), bob), await choir.publish(article(), ada)];
    const cite = (citing: string, cited: string, o: { claim?: string; passage?: string } = {}) =>
      choir.cite({ citing, cited, claim: "c", ...o }, ada);
    await expect(cite(id, "f".repeat(24))).rejects.toEqual(failsWith("unknown_article"));
    await expect(cite("f".repeat(24), id)).rejects.toEqual(failsWith("unknown_article"));
    await expect(cite(id, "citation.new.*")).rejects.toEqual(failsWith("unknown_article"));
    await expect(cite(id, id)).rejects.toEqual(failsWith("self_citation"));
    await expect(cite(id, own.id)).rejects.toEqual(failsWith("self_citation"));
    await expect(cite(other.id, id)).rejects.toEqual(failsWith("not_author"));
    await expect(cite(id, other.id, { claim: " " })).rejects.toEqual(failsWith("invalid_citation"));
    await expect(cite(id, other.id, { claim: "c".repeat(4_001) })).rejects.toEqual(failsWith("invalid_citation"));
    await expect(cite(id, other.id, { passage: "never written" })).rejects.toEqual(failsWith("invalid_citation"));
    expect((await choir.get(id)).citations).toEqual([]);
  });
});

describe("revise", () => {
  it("puts a version in the place of the one before, which stays readable; search knows the new one alone", async () => {
    const request = article({
      markdown: "# Xylophones\n\nA xylophone of rosewood bars rings brightly.",
      tags: ["#Music", "wood work", "music"],
      licence: "cc-by-4.0",
      language: "EN-gb",
    });
    const first = await choir.publish(request, ada);
    const revision = {
      article: first.id.slice(0, 10),
      markdown: "# Marimbas\n\nA marimba of padauk bars hums deeply.",
    };
    const second = await choir.revise(revision, ada);
    expect(second).toMatchObject({ id: first.id, first: true });
    expect(await choir.revise(revision, ada)).toEqual({ ...second, first: false });

    const now = await choir.get(first.id);
    expect(now).toMatchObject({
      title: "Marimbas",
      author: "Ada",
      authorKey: ada.publicKey,
      version: second.version,
      revises: first.version,
      tags: ["music", "wood-work"],
      licence: "CC-BY-4.0",
      language: "en-GB",
      seq: second.seq,
    });
    expect(now.versions.map(({ version }) => version)).toEqual([first.version, second.version]);
    const before = await choir.get(`${first.id}@${first.version.slice(0, 8)}`);
    expect(before).toMatchObject({ title: "Xylophones", markdown: request.markdown, seq: first.seq });
    expect(await choir.get(`${first.id}@${second.version}`)).toEqual(now);
    await expect(choir.get(`${first.id}@ffff`)).rejects.toEqual(failsWith("unknown_article"));
    expect((await choir.search("padauk marimba"))[0]).toMatchObject({ article_id: first.id, title: "Marimbas" });
    expect((await choir.search("rosewood xylophone")).map(({ article_id }) => article_id)).not.toContain(first.id);
    expect((await choir.list()).filter(({ id }) => id === first.id)).toHaveLength(1);

    // Back to what it said at first: a version of its own, since it replaces another one.
    const third = await choir.revise({ article: first.id, markdown: request.markdown }, ada);
    expect(third.version).not.toBe(first.version);
    expect((await choir.get(first.id)).versions).toHaveLength(3);
  });

  it("is measured against everything but its own former versions", async () => {
    const text = (words: string) => `# Title\n\n${words} ${words.split(" ").reverse().join(" ")} of quiet lanterns.`;
    const [mine, other] = [
      "brass kettles whistle above amber stoves",
      "velvet owls patrol frozen orchards nightly",
    ].map(text);
    const { id, noveltyScore } = await choir.publish(article({ markdown: mine }), ada);
    await choir.publish(article({ markdown: other }), ada);
    const again = await choir.revise({ article: id, markdown: `${mine} And one more sentence stands here.` }, ada);
    expect(again.noveltyScore).toBeGreaterThan(noveltyScore * 0.9);
    const copied = await choir.revise({ article: id, markdown: other ?? "" }, ada);
    expect(copied.noveltyScore).toBeLessThan(3);
    // What an article has said once is no news from anybody else, whether it still says it or not.
    expect((await choir.publish(article({ markdown: mine }), bob)).noveltyScore).toBeLessThan(3);
  });

  it("is its author's alone, and one of two at once wins", async () => {
    const { id } = await choir.publish(article(), ada);
    await expect(choir.revise({ article: id, markdown: "# Bob's now" }, bob)).rejects.toEqual(failsWith("not_author"));
    await expect(choir.revise({ article: id, markdown: "no title" }, ada)).rejects.toEqual(failsWith("no_title"));
    const both = await Promise.allSettled(
      ["# One\n\nway", "# Another\n\nway"].map((markdown) => choir.revise({ article: id, markdown }, ada)),
    );
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: failsWith("conflict") });
    expect((await choir.get(id)).versions).toHaveLength(2);
  });
});

describe("retract", () => {
  it("takes an article out of search and counts, leaves it readable with its reason, and is for ever", async () => {
    const markdown = "# Quicksilver\n\nQuicksilver barometers predicted storms.";
    const { id } = await choir.publish(article({ markdown }), ada);
    const [citing, cited] = [await choir.publish(article(), bob), await choir.publish(article(), author(3))];
    await choir.cite({ citing: citing.id, cited: id, claim: "so they did" }, bob);
    await choir.cite({ citing: id, cited: cited.id, claim: "as shown" }, ada);
    const retract = (reason: string, signer = ada) => choir.retract({ article: id, reason }, signer);
    await expect(retract(" ")).rejects.toEqual(failsWith("invalid_retraction"));
    await expect(retract("mine now", bob)).rejects.toEqual(failsWith("not_author"));
    const both = await Promise.all([retract("The data was wrong."), retract("I was wrong.")]);
    expect(both.filter(({ first }) => first)).toHaveLength(1);
    expect(await retract("again")).toEqual({ first: false });

    const article_ = await choir.get(id);
    expect(article_).toMatchObject({
      markdown,
      retracted: { reason: expect.stringMatching(/ was wrong\.$/) },
      citedBy: 0,
    });
    expect((await choir.list()).find((one) => one.id === id)?.retracted).toEqual(article_.retracted);
    expect(await choir.citations(cited.id)).toBe(0);
    expect((await choir.search("quicksilver barometers")).map(({ article_id }) => article_id)).not.toContain(id);
    await expect(choir.cite({ citing: cited.id, cited: id, claim: "c" }, author(3))).rejects.toEqual(
      failsWith("retracted"),
    );
    await expect(choir.cite({ citing: id, cited: citing.id, claim: "c" }, ada)).rejects.toEqual(failsWith("retracted"));
    await expect(choir.revise({ article: id, markdown: "# Back" }, ada)).rejects.toEqual(failsWith("retracted"));
    expect((await choir.publish(article({ markdown }), bob)).noveltyScore).toBeLessThan(10);
  });
});
