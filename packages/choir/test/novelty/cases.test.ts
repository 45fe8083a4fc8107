import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { attacksOf } from "../../../../bench/choir/novelty-attacks.mjs";
import { casesOf, split } from "../../../../bench/choir/novelty-cases.mjs";
import { distinct, readmes } from "../../../../bench/choir/texts.mjs";
import { built } from "../support/built.js";

// Hundreds of articles are scored, on whatever the machine has left.
vi.setConfig({ hookTimeout: 240_000 });

/** A median of fewer swings with the packages that happen to be installed. */
const CASES = 15;
const FOREIGN = readFileSync(new URL("../support/gezeiten.md", import.meta.url), "utf8");

/** The median of N of each kind of article, beside a corpus of the READMEs of the packages that are installed. */
const medians: Record<string, number> = {};

beforeAll(async () => {
  await built();
  const { openScorer } = await import("../../../../bench/choir/scorer.mjs");
  const texts = distinct(readmes(fileURLToPath(new URL("../../../../node_modules", import.meta.url))));
  expect(texts.length).toBeGreaterThan(90);
  const parts = split(texts.slice(0, 140), 20, 3);
  const scorer = await openScorer();
  try {
    for (const text of parts.corpus) await scorer.publish(text);
    const { attacks, honest } = attacksOf(parts, [FOREIGN], CASES, 3);
    for (const [kind, articles] of Object.entries({ ...casesOf(parts, CASES, 3), ...attacks, ...honest })) {
      const all: number[] = [];
      for (const article of articles) all.push((await scorer.assess(article)).record.novelty);
      medians[kind] = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
    }
  } finally {
    await scorer.close();
  }
});

describe("novelty of articles of known kinds", () => {
  const original = () => medians.original ?? 0;

  it.each([
    "copy own_earlier mashup_paragraphs mashup_sentences",
    "lookalike_letters zero_width paragraphs_reordered copy_in_200_sections one_line_repeated all_quotation",
  ])("is below 0.1 for %s", (kinds) => {
    for (const kind of kinds.split(" ")) expect.soft(medians[kind], kind).toBeLessThan(0.1);
  });

  it.each([
    "swapped_20_random swapped_40_random swapped_20_synonyms swapped_40_synonyms",
    "half_gibberish half_gibberish_paragraphs gibberish_words gibberish_letters gibberish_shuffled shuffled_foreign",
    "original_in_comment original_in_code original_in_link_targets stop_words_translated lookalike_letters_swapped_20",
    "short_originals_between_quotations copy_with_gibberish_behind copy_with_original_half",
  ])("is 0.15 below that of original ones for %s", (kinds) => {
    for (const kind of kinds.split(" ")) expect.soft(medians[kind], kind).toBeLessThan(original() - 0.15);
  });

  it.each(["original_in_200_sections", "original_in_new_language", "original_with_quotations"])(
    "is within 0.15 of that of other original ones for %s",
    (kind) => {
      expect(medians[kind]).toBeGreaterThan(original() - 0.15);
    },
  );
});
