import type { Choir, SearchOptions } from "../../src/index.js";
import { ada, bob, type TestHome, testHome } from "../support/home.js";
import { library } from "../support/writing.js";

let home: TestHome;
let choir: Choir;
const ids = new Map<string, string>();

beforeAll(async () => {
  home = await testHome();
  choir = await home.open();
  for (const { subject, markdown } of library()) {
    const { id } = await choir.publish({ markdown, author: "Ada", key: subject }, ada);
    ids.set(subject, id);
  }
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});

/** Share of the fifty articles that a question about each finds first, and among the first five. */
async function found(question: (subject: string) => string): Promise<{ first: number; five: number }> {
  let [first, five] = [0, 0];
  for (const [subject, id] of ids) {
    const hits = await choir.search(question(subject));
    const place = hits.findIndex((hit) => hit.article_id === id);
    if (place === 0) first++;
    if (place >= 0) five++;
  }
  return { first: first / ids.size, five: five / ids.size };
}

describe("search", () => {
  it("finds a known article by its name in a sentence", async () => {
    expect(await found((subject) => `what do observers know about ${subject}?`)).toEqual({ first: 1, five: 1 });
  });

  it("finds it with a letter missing and with two letters swapped", async () => {
    const missing = await found((subject) => `observers of ${subject.slice(0, 3)}${subject.slice(4)}`);
    const turned = await found(
      (subject) => `notes on ${subject.slice(0, 2)}${subject[3] ?? ""}${subject[2]}${subject.slice(4)}`,
    );
    for (const { five } of [missing, turned]) expect(five).toBeGreaterThanOrEqual(0.9);
  });

  it("finds other endings of a word", async () => {
    const hits = await choir.search("liquidating borrowers");
    expect(hits).toHaveLength(5);
    for (const hit of hits) expect(hit.content_preview).toMatch(/liquidat|borrow/);
  });

  it("gives at most the number asked for, each article once, with its contract's fields", async () => {
    for (const limit of [1, 3, 20]) {
      const hits = await choir.search("harbour", { limit });
      expect(hits.length).toBeLessThanOrEqual(limit);
      expect(new Set(hits.map((hit) => hit.article_id)).size).toBe(hits.length);
    }
    for (const hit of await choir.search("harbour tide", { limit: 50 })) {
      expect(hit.content_preview.length).toBeGreaterThan(0);
      expect(hit.content_preview.length).toBeLessThanOrEqual(500);
      expect(hit.similarity).toBeGreaterThanOrEqual(0);
      expect(hit.similarity).toBeLessThanOrEqual(1);
    }
  });

  it("works in scripts that are written without spaces, from right to left, and with accents", async () => {
    const texts = {
      ja: ["# 潮の満ち引き\n\n月の引力が海水を動かし、東京湾の水位が変わる。", "東京湾 水位"],
      ar: ["# المد والجزر\n\nيسبب القمر حركة المياه في المحيط.", "حركة المياه"],
      hi: ["# ज्वार भाटा\n\nचंद्रमा समुद्र के पानी को खींचता है।", "समुद्र पानी"],
      fr: ["# Marées\n\nLa marée haute recouvre l'estran deux fois par jour.", "maree haute"],
    };
    for (const [key, [markdown = "", question = ""]] of Object.entries(texts)) {
      const { id } = await choir.publish({ markdown, author: "Ada", key }, ada);
      expect((await choir.search(question))[0]?.article_id, key).toBe(id);
    }
  });

  const odd: [string, string][] = [
    ...[
      `"`,
      `""`,
      "'",
      "harbour AND",
      "AND OR NOT",
      "NEAR(a b, 5)",
      "title:harbour",
      "harbour*",
      "^harbour",
      "-harbour",
    ],
    ...[
      "{title body}: x",
      "harbour + tide",
      "(",
      "((((",
      "\\",
      "%_%",
      "; DROP TABLE articles; --",
      "🙂",
      "",
      "   ",
      "?",
    ],
  ].map((query): [string, string] => [JSON.stringify(query), query]);
  it.each<[string, string]>([
    ...odd,
    ["NUL", "\u0000"],
    ["NUL within a word", "harb\u0000our harbour"],
    ["half a character", "\uD800"],
    ["an override of direction", "\u202Eharbour"],
    ["100,000 times one letter", "x".repeat(100_000)],
    ["20,000 times one word", "harbour ".repeat(20_000)],
    ["5,000 ideographs", "字".repeat(5_000)],
    ["10,000 different words", `harbour ${Array.from({ length: 10_000 }, (_, i) => `word${i}`).join(" ")}`],
    ["names of JavaScript's objects", "constructor __proto__ toString harbour"],
    ["right-to-left words between others", "harbour المد والجزر tide"],
    ["marks upon marks", "e\u0301\u0327".repeat(99)],
  ])("takes %s as an ordinary question", async (_name, query) => {
    const hits = await choir.search(query);
    expect(hits.length).toBeLessThanOrEqual(5);
    if (/harbour/.test(query)) expect(hits.length).toBeGreaterThan(0);
  });

  it("finds nothing where there is nothing to look for", async () => {
    expect(await choir.search("?!")).toEqual([]);
    expect(await choir.search("harbour", { limit: Number.NaN })).toHaveLength(1);
  });
});

describe("a search that is narrowed", () => {
  const texts = [
    { key: "f1", markdown: "# Kelp\n\nKelp forests shelter urchins.", tags: ["sea"], signer: ada },
    { key: "f2", markdown: "# Urchins\n\nUrchins eat kelp forests bare.", tags: ["sea", "food"], signer: bob },
    { key: "f3", markdown: "# Otters\n\nOtters eat the urchins of kelp forests.", tags: [], signer: bob },
  ];
  const own = new Map<string, string>();
  const found = async (o: SearchOptions) => (await choir.search("kelp forests", o)).map((hit) => hit.title).sort();

  beforeAll(async () => {
    for (const { signer, ...request } of texts) {
      const { id } = await choir.publish({ ...request, author: "A person" }, signer);
      own.set(request.key, id);
    }
    const [citing = "", cited = ""] = [own.get("f3"), own.get("f1")];
    await choir.cite({ citing, cited, claim: "Kelp forests shelter urchins." }, bob);
  });

  it("looks at an author, a tag, a time, what an article cites, and several of them", async () => {
    expect(await found({ author: bob.publicKey })).toEqual(["Otters", "Urchins"]);
    expect(await found({ tag: "sea" })).toEqual(["Kelp", "Urchins"]);
    expect(await found({ citedBy: own.get("f3")?.slice(0, 8) })).toEqual(["Kelp"]);
    expect(await found({ tag: "sea", author: bob.publicKey })).toEqual(["Urchins"]);
    expect(await found({ until: "2000-01-01" })).toEqual([]);
    expect(await found({ since: "2000-01-01" })).toEqual(expect.arrayContaining(["Kelp", "Otters", "Urchins"]));
  });

  it("says what is wrong with a time and an article that are none", async () => {
    await expect(found({ since: "yesterday" })).rejects.toMatchObject({ code: "invalid_query" });
    await expect(found({ citedBy: "f".repeat(24) })).rejects.toMatchObject({ code: "unknown_article" });
  });

  it("never shows what was retracted", async () => {
    const { id } = await choir.publish({ key: "f4", markdown: "# Gone\n\nKelp forests, gone.", author: "Bob" }, bob);
    expect(await found({ author: bob.publicKey })).toContain("Gone");
    await choir.retract({ article: id, reason: "It was wrong." }, bob);
    expect(await found({ author: bob.publicKey })).toEqual(["Otters", "Urchins"]);
  });

  it("shows the words of the question in the article as it was written", async () => {
    const text = `# Long\n\n${"Nothing of note is here. ".repeat(40)}The **barnacles** cling\nto the barnacle rock.`;
    const { id } = await choir.publish({ key: "f5", markdown: text, author: "Bob" }, bob);
    const [hit] = await choir.search("barnacles");
    expect(hit?.article_id).toBe(id);
    expect(hit?.content_preview).toContain("The **barnacles** cling to the barnacle rock.");
    expect(hit?.highlights.map(({ start, end }) => text.slice(start, end))).toEqual(["barnacles", "barnacle"]);
    const { start = 0, end = 0 } = hit?.preview ?? {};
    expect(hit?.content_preview).toBe(`…${text.slice(start, end).replace(/\s/g, " ")}`);
  });
});
