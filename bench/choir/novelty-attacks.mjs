// Ways to make a copy or gibberish look new, and honest articles that could look like it. The same for the same seed.
import { Chance, paragraphsOf, sentencesOf, swapped } from "./novelty-cases.mjs";

const LOOKALIKES = { a: "а", c: "с", e: "е", i: "і", j: "ј", o: "о", p: "р", s: "ѕ", x: "х", y: "у" };
const GERMAN = {
  the: "der",
  of: "von",
  and: "und",
  to: "zu",
  in: "in",
  is: "ist",
  that: "dass",
  for: "für",
  with: "mit",
  on: "auf",
  are: "sind",
  this: "dieses",
  by: "durch",
  an: "ein",
  a: "ein",
  or: "oder",
  if: "wenn",
  not: "nicht",
  it: "es",
  be: "sein",
  from: "aus",
  can: "kann",
  will: "wird",
  as: "als",
  at: "bei",
};

/**
 * `count` articles of each kind. `attacks` must score like copies; `honest` articles like original ones.
 * @param foreign texts in a language that the corpus has none of
 */
export function attacksOf({ corpus, held }, foreign, count, seed) {
  const chance = new Chance(seed + 7);
  const original = () => chance.pick(held);
  const copy = () => chance.pick(corpus);
  const half = (text) =>
    paragraphsOf(text)
      .slice(0, Math.ceil(paragraphsOf(text).length / 2))
      .join("\n\n");
  const line = () => chance.pick(sentencesOf(original()));
  const attacks = {
    lookalike_letters: () =>
      copy().replace(/[aceijopsxy]/g, (letter) => (chance.next() < 0.5 ? LOOKALIKES[letter] : letter)),
    lookalike_letters_swapped_20: () =>
      swapped(copy(), 0.2, () => chance.pick(copy().match(/\w+/g)), chance).replace(
        /[aceo]/g,
        (letter) => LOOKALIKES[letter],
      ),
    zero_width: () => copy().replace(/\B/g, () => (chance.next() < 0.3 ? "\u200b" : "")),
    paragraphs_reordered: () => chance.shuffled(paragraphsOf(copy())).join("\n\n"),
    stop_words_translated: () => copy().replace(/\b[a-z]+\b/g, (word) => GERMAN[word] ?? word),
    original_in_comment: () => `${copy()}\n\n<!--\n${original()}\n-->\n`,
    original_in_code: () => `${copy()}\n\n\`\`\`\n${original().replace(/`/g, "'")}\n\`\`\`\n`,
    original_in_link_targets: () =>
      paragraphsOf(copy())
        .map((paragraph) => `${paragraph} [x](y "${line().replace(/["()\n]/g, " ")}")`)
        .join("\n\n"),
    one_line_repeated: () => `# Line\n\n${`${line()} `.repeat(150)}`,
    all_quotation: () =>
      original()
        .split("\n")
        .map((one) => `> ${one}`)
        .join("\n"),
    copy_in_200_sections: () => sections(copy(), 200),
    short_originals_between_quotations: () =>
      `${Array.from({ length: 20 }, () => `> ${line()}\n\n${line().split(" ").slice(0, 8).join(" ")}`).join("\n\n")}\n\n${copy()}`,
    copy_with_gibberish_behind: () => `${copy()}\n\n${Array.from({ length: 600 }, () => letters(chance)).join(" ")}`,
    copy_with_original_half: () => {
      // As much of each: with little of a copy it is an original.
      const [theirs, own] = [half(copy()), half(original())];
      const length = Math.min(theirs.length, own.length);
      return `${theirs.slice(0, length)}\n\n${own.slice(0, length)}`;
    },
    shuffled_foreign: () => {
      const several = Array.from({ length: 4 }, () => chance.pick(foreign)).join(" ");
      return chance.shuffled(several.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
    },
  };
  // The originals that the median of originals is of: others may be better or worse by more than what is looked for.
  const honest = {
    original_in_200_sections: (_, i) => sections(held[i % held.length], 200),
    original_in_new_language: () => chance.pick(foreign),
    original_with_quotations: (_, i) =>
      paragraphsOf(held[i % held.length])
        .map((paragraph, i) => (i % 4 === 3 ? `${paragraph}\n\n> ${line()}` : paragraph))
        .join("\n\n"),
  };
  const made = (kinds) =>
    Object.fromEntries(Object.entries(kinds).map(([kind, make]) => [kind, Array.from({ length: count }, make)]));
  return { attacks: made(attacks), honest: made(honest) };
}

function sections(text, count) {
  const sentences = sentencesOf(text).slice(0, count);
  return sentences.map((sentence, i) => `## Part ${i + 1}\n\n${sentence}`).join("\n\n");
}

function letters(chance) {
  return Array.from({ length: 2 + chance.below(8) }, () => String.fromCharCode(97 + chance.below(26))).join("");
}
