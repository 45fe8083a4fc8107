import { type Choir, type NoveltyRecord, scoreNovelty } from "../../src/index.js";
import { ada, bob, type TestHome, testHome } from "../support/home.js";
import { FIELDS, library, swapped, Writing } from "../support/writing.js";

// Many publications a test, on whatever the machine has left.
vi.setConfig({ testTimeout: 120_000 });

let home: TestHome;
let choir: Choir;
const texts = library(3);

beforeAll(async () => {
  home = await testHome();
  choir = await home.open();
  for (const { subject, markdown } of texts.slice(0, 40)) {
    await choir.publish({ markdown, author: "Ada", key: subject }, ada);
  }
});
afterAll(async () => {
  await choir?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});

const publish = async (key: string, markdown: string, signer = ada) =>
  await choir.publish({ markdown, author: "Ada", key }, signer);

describe("novelty of articles", () => {
  it("orders original work over swapped words over a copy, whoever the author is, and can be recomputed", async () => {
    const [model, mash] = [texts[3]?.markdown ?? "", texts.slice(10, 13).map((text) => text.markdown)];
    const field = {
      nouns: "quasar lens mirror photon spectrum dome astronomer plate".split(" "),
      verbs: ["observes", "bends"],
    };
    const cases = {
      original: new Writing(77).article("Arcturus", field),
      related: new Writing(78).article("Arcturus", FIELDS[0] ?? field),
      swapped20: swapped(model, 0.2, 5),
      copy: model,
      requoted: `# Mine\n\nOne new sentence of my own about Arcturus and nothing else.\n\n${model.slice(model.indexOf("\n\n"))}`,
      mashup: `# Mix\n\n${mash.map((text) => text.split("\n\n").slice(2, 5).join("\n\n")).join("\n\n")}`,
    };
    const scores: Record<string, number> = {};
    const records: Record<string, NoveltyRecord> = {};
    for (const [key, markdown] of Object.entries(cases)) {
      const drafted = await choir.assess(markdown);
      const { id, noveltyScore } = await publish(key, markdown);
      const record = await choir.novelty(id);
      scores[key] = noveltyScore;
      records[key] = record;
      expect(record).toMatchObject({ formula: "chunk-2", model: expect.any(String), mode: "lexical" });
      expect(scoreNovelty(record.passages, record.scale)).toEqual({ novelty: record.novelty, score: record.score });
      expect(record.score).toBe(noveltyScore);
      expect(drafted.record).toEqual(record);
    }
    const { original = 0, related = 0, swapped20 = 0, copy = 0, mashup = 0, requoted = 0 } = scores;
    expect(original).toBeGreaterThan(40);
    expect(original).toBeGreaterThan(related);
    expect(related).toBeGreaterThan(swapped20);
    expect(swapped20).toBeGreaterThan(copy);
    expect(swapped20).toBeLessThan(10);
    for (const score of [copy, mashup, requoted]) expect(score).toBeLessThan(3);
    expect(records.copy?.passages[0]?.nearest[0]).toMatchObject({ similarity: 1, passage: 0 });
    expect(records.copy?.corpus.passages).toBeGreaterThan(80);
  });

  it("measures a revision against all but its own former versions, and a retracted text stays published", async () => {
    const field = { nouns: "kiln glaze potter wheel cone shard slip tile".split(" "), verbs: ["cracks", "fires"] };
    const markdown = new Writing(81).article("Bisque", field);
    const { id, noveltyScore } = await publish("kiln", markdown);
    const revised = await choir.revise({ article: id, markdown: `${markdown}\n\nOne more remark on shards.` }, ada);
    expect(Math.abs(revised.noveltyScore - noveltyScore)).toBeLessThan(8);

    expect((await choir.assess(markdown)).record.score).toBeLessThan(1);
    await choir.retract({ article: id, reason: "wrong" }, ada);
    const stolen = await choir.assess(markdown);
    expect(stolen.record.score).toBeLessThan(1);
    expect(stolen.shared[0]?.there).toMatchObject({ article: id, title: "Notes on Bisque" });
  });

  it("does not count quotations and reference lists as the author's work", async () => {
    const quotation =
      "> Somebody else wrote this long sentence about tides and moons and harbours and ships at night.\n";
    const { noveltyScore, id } = await publish("q", `# Quotes\n\n${quotation}`);
    expect(noveltyScore).toBe(0);
    expect((await choir.explainNovelty(id)).advice.map(({ code }) => code)).toEqual(["no_prose"]);
    expect((await choir.search("moons and harbours and ships at night"))[0]?.article_id).toBe(id);
  });

  it("is the same after the file is made again", async () => {
    const before = await choir.exportHash();
    const draft = new Writing(90).article("Capella", FIELDS[1] ?? { nouns: [], verbs: [] });
    const assessed = await choir.assess(draft);
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(before);
    expect(await choir.assess(draft)).toEqual(assessed);
  });
});

describe("explained to the author", () => {
  it("shows whose words they are, where they stand here and there, and what would raise the score", async () => {
    const stolen = texts[5]?.markdown.split("\n\n")[2] ?? "";
    const mine = new Writing(95).article("Deneb", {
      nouns: "violin bow string fiddler luthier varnish peg scroll".split(" "),
      verbs: ["tunes", "plays"],
    });
    const markdown = `${mine}\n\n${stolen}\n`;
    const { id } = await choir.publish({ markdown, author: "Bob", key: "half-stolen" }, bob);
    const { shared, closest, advice, words, parts, sharedWords, record } = await choir.explainNovelty(id);
    const [longest] = shared;
    expect(longest?.here.text.slice(0, 100)).toBe(stolen.slice(0, 100));
    expect(markdown.slice(longest?.here.start, longest?.here.end)).toBe(stolen.replace(/\.$/, ""));
    const source = await choir.get(longest?.there?.article ?? "");
    expect(longest?.there).toMatchObject({ title: source.title, author: "Ada" });
    expect(source.markdown.slice(longest?.there?.start, longest?.there?.end)).toBe(stolen.replace(/\.$/, ""));
    expect(closest[0]?.similarity).toBeGreaterThanOrEqual(closest[1]?.similarity ?? 1);
    expect(closest[0]?.there?.text.length).toBeGreaterThan(20);
    expect(advice.map(({ code }) => code)).toContain("shared");
    expect(advice.find(({ code }) => code === "shared")?.text).toContain(source.title);
    expect(words.own).toBeLessThanOrEqual(words.all);
    expect(sharedWords).toBeGreaterThan(50);
    expect(parts.unshared).toBeLessThan(1 - sharedWords / words.own + 0.05);
    expect(record).toEqual(await choir.novelty(id));
  });

  it("stays what it was when others publish the same later", async () => {
    const mine = new Writing(97).article("Electra", {
      nouns: "loom weft warp shuttle dye wool spindle bobbin".split(" "),
      verbs: ["weaves", "spins"],
    });
    const { id } = await publish("loom", mine);
    const before = await choir.explainNovelty(id);
    await publish("loom-copied", mine, bob);
    expect(await choir.explainNovelty(id)).toEqual(before);
  });

  it("says that an article repeats itself", async () => {
    const { record, advice, shared } = await choir.assess(
      `# Line\n\n${"The moon pulls at the sea every night. ".repeat(80)}`,
    );
    expect(record.novelty).toBeLessThan(0.1);
    expect(advice[0]?.code).toBe("repeated");
    expect(shared[0]?.there).toBeUndefined();
  });

  it("refuses what could not be published for its size", async () => {
    await expect(choir.assess("x".repeat(3 * 1024 * 1024))).rejects.toMatchObject({ code: "too_large" });
  });
});
