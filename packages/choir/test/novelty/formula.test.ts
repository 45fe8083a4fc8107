import Database from "better-sqlite3";
import { type Scale, type ScoredPassage, scoreNovelty } from "../../src/index.js";
import { COUNT_TABLES, Counts } from "../../src/novelty/counts.js";
import { evenly } from "../../src/novelty/own-passages.js";
import { countNovelty, scaleOf } from "../../src/novelty/scale.js";
import { Writing } from "../support/writing.js";

const straight: Scale = {
  by: "fixed",
  articles: 0,
  points: [
    [0, 0],
    [1, 100],
  ],
};
const passage = (similarities: number[], containment: number, more: { rate?: number; words?: number } = {}) =>
  ({
    passage: 0,
    words: more.words ?? 100,
    nearest: similarities.map((similarity) => ({ article: "a", passage: 0, similarity })),
    containment,
    coherence: { language: "en", by: "corpus", rate: more.rate ?? 0.4, typical: 0.4 },
  }) satisfies ScoredPassage;
const novelty = (...passages: ScoredPassage[]) => scoreNovelty(passages, straight).novelty;

describe("scoreNovelty", () => {
  it("is 100 with nothing before it, 0 for a copy, for gibberish and for an article without words of its own", () => {
    expect(scoreNovelty([passage([], 0)], straight)).toEqual({ novelty: 1, score: 100 });
    expect(novelty(passage([1, 0.2, 0.1, 0, 0], 1))).toBe(0);
    expect(novelty(passage([], 0, { rate: 0 }))).toBe(0);
    expect(scoreNovelty([], straight)).toEqual({ novelty: 0, score: 0 });
  });

  it("follows the formula", () => {
    // d = 1 - (0.6 * 0.5 + 0.4 * 0.3) = 0.58; z = 0.58 * 0.75 = 0.435
    expect(novelty(passage([0.5, 0.3, 0.1], 0.25))).toBeCloseTo(0.435);
    // h = (0.2 / 0.4)^2; a rate above the median counts as the median
    expect(novelty(passage([], 0, { rate: 0.2 }))).toBeCloseTo(0.25);
    expect(novelty(passage([], 0, { rate: 0.9 }))).toBe(1);
    // z = 1 and 0: half of 0.5 and half of 0
    expect(novelty(passage([], 0), passage([], 1))).toBeCloseTo(0.25);
    // by words: mean 0.25, and the lower half is copied
    expect(novelty(passage([], 0, { words: 50 }), passage([], 1, { words: 150 }))).toBeCloseTo(0.125);
  });

  it("is not carried by many short new passages around a long copied one", () => {
    const short = Array.from({ length: 20 }, () => passage([], 0, { words: 6 }));
    expect(novelty(...short, passage([1], 1, { words: 400 }))).toBeLessThan(0.15);
  });

  it("stays within 0-100 and never falls when a passage becomes newer", () => {
    const random = new Writing(9);
    for (let i = 0; i < 500; i++) {
      const passages = Array.from({ length: 1 + Math.floor(random.next() * 9) }, () => {
        const similarities = Array.from({ length: Math.floor(random.next() * 6) }, () => random.next() * 1.4 - 0.2);
        return passage(similarities, random.next(), {
          rate: random.next(),
          words: 5 + Math.floor(random.next() * 300),
        });
      });
      const { novelty: n, score } = scoreNovelty(passages, straight);
      expect(n).toBeGreaterThanOrEqual(0);
      expect(n).toBeLessThanOrEqual(1);
      expect(score).toBe(Math.round(score * 10) / 10);
      const newer = passages.map((p) => ({ ...p, containment: p.containment * random.next() }));
      expect(scoreNovelty(newer, straight).score).toBeGreaterThanOrEqual(score);
    }
  });

  it("scores at most 256 passages of an article, evenly spaced", () => {
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    expect(evenly(numbers.slice(0, 200))).toHaveLength(200);
    expect(evenly(numbers)).toHaveLength(256);
    expect(evenly(numbers).slice(0, 4)).toEqual([0, 4, 8, 12]);
  });
});

describe("the scale", () => {
  const counts = () => {
    const db = new Database(":memory:");
    db.exec(COUNT_TABLES);
    return new Counts(db);
  };

  it("is the fixed one until 200 original articles are there, then that of their quantiles", () => {
    const corpus = counts();
    const random = new Writing(4);
    for (let i = 0; i < 199; i++) corpus.add("novelty", 0.3 + random.next() * 0.4);
    expect(scaleOf(corpus)).toMatchObject({ by: "fixed", articles: 199 });
    corpus.add("novelty", 0.5);
    const scale = scaleOf(corpus);
    expect(scale).toMatchObject({ by: "corpus", articles: 200 });
    const [, [low = 0] = [], [median = 0] = [], [top = 0] = []] = scale.points;
    expect(median).toBeCloseTo(0.5, 1);
    expect(top).toBeCloseTo(0.66, 1);
    expect(low).toBeCloseTo(median / 2);
    const z = (value: number) => scoreNovelty([passage([], 1 - value)], scale).score;
    expect([z(0), z(median), z(top), z(1)]).toEqual([0, 50, 80, 100]);
  });

  it("does not move by what is not original, however much there is of it", () => {
    const corpus = counts();
    for (let i = 0; i < 300; i++) countNovelty(corpus, { novelty: 0.4 + (i % 10) / 50, scale: scaleOf(corpus) });
    const before = scaleOf(corpus);
    for (let i = 0; i < 2_000; i++) countNovelty(corpus, { novelty: (i % 20) / 100, scale: scaleOf(corpus) });
    expect(scaleOf(corpus)).toEqual(before);
  });

  it("counts the more recent half", () => {
    const corpus = counts();
    for (let i = 0; i < 1_023; i++) corpus.add("bigrams:en", i < 511 ? 0.1 : 0.5);
    expect(corpus.quantiles("bigrams:en", [0.5])).toEqual({ n: 1_023, values: [0.5] });
  });
});
