import { type ScoredPassage, scoreNovelty } from "../src/index.js";
import { evenly } from "../src/novelty/novelty.js";
import { ada, testHome } from "./support/home.js";
import { FIELDS, library, swapped, Writing } from "./support/writing.js";

// Many openings and publications a test, on whatever the machine has left.
vi.setConfig({ testTimeout: 120_000 });

const passage = (similarities: number[], containment: number): ScoredPassage => ({
  passage: 0,
  nearest: similarities.map((similarity) => ({ article: "a", passage: 0, similarity })),
  containment,
});

describe("scoreNovelty", () => {
  it("is 100 with nothing before it, 0 for a copy and for an article without words of its own", () => {
    expect(scoreNovelty([passage([], 0)])).toEqual({ novelty: 1, score: 100 });
    expect(scoreNovelty([passage([1, 0.2, 0.1, 0, 0], 1)])).toEqual({ novelty: 0, score: 0 });
    expect(scoreNovelty([])).toEqual({ novelty: 0, score: 0 });
  });

  it("follows the formula", () => {
    // d = 1 - (0.6 * 0.5 + 0.4 * 0.3) = 0.58; z = 0.58 * 0.75 = 0.435
    expect(scoreNovelty([passage([0.5, 0.3, 0.1], 0.25)]).novelty).toBeCloseTo(0.435);
    // z = 1 and 0: half of 0.5 and half of 0
    expect(scoreNovelty([passage([], 0), passage([], 1)]).novelty).toBeCloseTo(0.25);
  });

  it("stays within 0-100 and never falls when a passage becomes newer", () => {
    const random = new Writing(9);
    for (let i = 0; i < 500; i++) {
      const passages = Array.from({ length: 1 + Math.floor(random.next() * 9) }, () =>
        passage(
          Array.from({ length: Math.floor(random.next() * 6) }, () => random.next() * 1.4 - 0.2),
          random.next(),
        ),
      );
      const { novelty, score } = scoreNovelty(passages);
      expect(novelty).toBeGreaterThanOrEqual(0);
      expect(novelty).toBeLessThanOrEqual(1);
      expect(score).toBe(Math.round(score * 10) / 10);
      const newer = passages.map((p) => ({ ...p, containment: p.containment * random.next() }));
      expect(scoreNovelty(newer).score).toBeGreaterThanOrEqual(score);
    }
  });

  it("scores at most 256 passages of an article, evenly spaced", () => {
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    expect(evenly(numbers.slice(0, 200))).toHaveLength(200);
    expect(evenly(numbers)).toHaveLength(256);
    expect(evenly(numbers).slice(0, 4)).toEqual([0, 4, 8, 12]);
  });
});

describe("novelty of articles", () => {
  it("orders original work over swapped words over a copy, whoever the author is, and can be recomputed", async () => {
    await using home = await testHome();
    await using choir = await home.open();
    const texts = library(3);
    for (const { subject, markdown } of texts.slice(0, 40)) {
      await choir.publish({ markdown, author: "Ada", key: subject }, ada);
    }
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
    for (const [key, markdown] of Object.entries(cases)) {
      const { id, noveltyScore } = await choir.publish({ markdown, author: "Ada", key }, ada);
      scores[key] = noveltyScore;
      const record = await choir.novelty(id);
      expect(scoreNovelty(record.passages)).toEqual({ novelty: record.novelty, score: record.score });
      expect(record).toMatchObject({ formula: "chunk-1", model: "lexical-ngram-1", mode: "lexical" });
      expect(record.score).toBe(noveltyScore);
    }
    const { original = 0, related = 0, swapped20 = 0, copy = 0, mashup = 0, requoted = 0 } = scores;
    expect(original).toBeGreaterThan(40);
    expect(original).toBeGreaterThan(related);
    expect(related).toBeGreaterThan(swapped20);
    expect(swapped20).toBeGreaterThan(copy);
    expect(swapped20).toBeLessThan(10);
    for (const score of [copy, mashup, requoted]) expect(score).toBeLessThan(3);
    const record = await choir.novelty(await idOf("copy"));
    expect(record.passages[0]?.nearest[0]).toMatchObject({ similarity: 1, passage: 0 });
    expect(record.corpus.passages).toBeGreaterThan(80);

    async function idOf(key: string): Promise<string> {
      return (await choir.publish({ markdown: cases[key as keyof typeof cases], author: "Ada", key }, ada)).id;
    }
  });

  it("does not count quotations and reference lists as the author's work", async () => {
    await using home = await testHome();
    await using choir = await home.open();
    const quotation =
      "> Somebody else wrote this long sentence about tides and moons and harbours and ships at night.\n";
    const { noveltyScore, id } = await choir.publish(
      { markdown: `# Quotes\n\n${quotation}`, author: "Ada", key: "q" },
      ada,
    );
    expect(noveltyScore).toBe(0);
    expect((await choir.search("moons and harbours"))[0]?.article_id).toBe(id);
  });
});
