import { atomFeed, type Choir, type News } from "../../src/index.js";
import { ada, bob, type TestHome, testHome } from "../support/home.js";

let home: TestHome;
let choir: Choir;
let [tides, loans] = ["", ""];
beforeAll(async () => {
  home = await testHome();
  choir = await home.open();
  const publish = async (markdown: string, key: string, tags: string[], by = ada) =>
    (await choir.publish({ markdown, author: by === ada ? "Ada" : "Bob & <Sons>", key, tags }, by)).id;
  tides = await publish("# Spring tides\n\nThe moon pulls.", "a", ["sea"]);
  loans = await publish('# Loans & "risk" \u{1F30A}\n\nLenders.', "b", ["defi"], bob);
  await choir.cite({ citing: loans, cited: tides, claim: "the moon <pulls>" }, bob);
  await choir.revise({ article: tides, markdown: "# Spring tides\n\nThe moon and the sun pull." }, ada);
  await choir.retract({ article: loans, reason: "Wrong & withdrawn." }, bob);
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});

const kinds = (news: readonly News[]) => news.map(({ kind, article }) => `${kind} ${article.title}`);

it("tells what was published, revised, retracted and cited, the newest first, the same after a rebuild", async () => {
  const all = await choir.news({ subjects: [], limit: 50 });
  const risk = 'Loans & "risk" \u{1F30A}';
  expect(kinds(all)).toEqual([
    `retracted ${risk}`,
    "revised Spring tides",
    "cited Spring tides",
    `published ${risk}`,
    "published Spring tides",
  ]);
  await choir.rebuild();
  expect(await choir.news({ subjects: [], limit: 50 })).toEqual(all);
});

it("tells of an author what happens to the author's articles, of a tag what is published with it, of an article all", async () => {
  const of = async (kind: "author" | "tag" | "article", name: string) =>
    kinds(await choir.news({ subjects: [{ kind, name }], limit: 50 }));
  const ofTides = ["revised Spring tides", "cited Spring tides", "published Spring tides"];
  expect(await of("author", ada.publicKey)).toEqual(ofTides);
  expect(await of("article", tides)).toEqual(ofTides);
  expect(await of("tag", "defi")).toHaveLength(2);
  expect(await of("tag", "none")).toEqual([]);
  expect(await choir.news({ subjects: [], limit: 2 })).toHaveLength(2);
  const both = [
    { kind: "author", name: ada.publicKey },
    { kind: "tag", name: "defi" },
  ] as const;
  expect(await choir.news({ subjects: both, limit: 50 })).toEqual([]);
  expect(await choir.news({ subjects: both, limit: 50, match: "any" })).toHaveLength(5);
  expect(await choir.news({ subjects: [], limit: 50, match: "any" })).toEqual([]);
});

it("tells from a position on, the oldest first, as much as is asked for", async () => {
  const all = (await choir.news({ subjects: [], limit: 50 })).reverse();
  expect(await choir.newsAfter(0, 50)).toEqual(all);
  expect(await choir.newsAfter(all[1]?.seq ?? 0, 2)).toEqual(all.slice(2, 4));
  expect(await choir.newsAfter(all[4]?.seq ?? 0, 50)).toEqual([]);
});

it("is an Atom feed in which strangers' texts are text, and each entry has one id for ever", async () => {
  const news = await choir.news({ subjects: [], limit: 50 });
  const feed = atomFeed(news, { id: "urn:vibewriter:feed", title: "The Choir" });
  expect(feed).toContain("<title>Loans &#38; &#34;risk&#34; \u{1F30A} (retracted)</title>");
  expect(feed).toContain("the moon &#60;pulls&#62;");
  expect(feed).toContain("<author><name>Bob &#38; &#60;Sons&#62;</name></author>");
  const ids = [...feed.matchAll(/<id>(urn:vibewriter:(?!feed)[^<]*)<\/id>/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(5);
  const times = [...feed.matchAll(/<updated>([^<]*)<\/updated>/g)].map(([, time]) => Date.parse(time ?? ""));
  expect(times.every((time) => time > 0)).toBe(true);
  // Balanced tags, and nothing but known elements.
  const open = [...feed.matchAll(/<([a-z]+)[^>]*?(?<!\/)>/g)].map(([, name]) => name);
  const closed = [...feed.matchAll(/<\/([a-z]+)>/g)].map(([, name]) => name);
  expect(open.toSorted()).toEqual(closed.toSorted());
  expect(atomFeed([], { id: "x", title: "\u0000\uFFFF" })).toContain("<title></title>");
});
