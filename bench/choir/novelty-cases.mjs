// Articles of known kinds, made from texts that there are: originals, copies, altered copies, gibberish. The same for the same seed.
import { wordsOf } from "./texts.mjs";

/** Numbers from 0 to 1, the same for the same seed. */
export class Chance {
  #state;
  constructor(seed) {
    this.#state = seed >>> 0;
  }
  next() {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  pick(items) {
    return items[this.below(items.length)];
  }
  shuffled(items) {
    const all = [...items];
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
  }
}

/** Splits texts into a corpus and `held` of them that are not in it. */
export function split(texts, held, seed) {
  const all = new Chance(seed).shuffled(texts);
  return { held: all.slice(0, held), corpus: all.slice(held) };
}

/** `count` articles of each kind: `{ kind: [markdown, ...] }`. */
export function casesOf({ corpus, held }, count, seed) {
  const chance = new Chance(seed);
  const vocabulary = corpus.flatMap(wordsOf);
  const synonym = synonymsOf(vocabulary, seed);
  const original = () => chance.pick(held);
  const published = () => chance.pick(corpus);
  const word = () => chance.pick(vocabulary);
  const kinds = {
    original: (i) => held[i % held.length],
    copy: published,
    own_earlier: () => reordered(swapped(published(), 0.05, word, chance), chance),
    swapped_20_random: () => swapped(published(), 0.2, word, chance),
    swapped_40_random: () => swapped(published(), 0.4, word, chance),
    swapped_20_synonyms: () => swapped(published(), 0.2, synonym, chance),
    swapped_40_synonyms: () => swapped(published(), 0.4, synonym, chance),
    mashup_paragraphs: () => mashup([published(), published(), published()], paragraphsOf, chance),
    mashup_sentences: () => mashup([published(), published(), published()], sentencesOf, chance),
    half_gibberish: () => halfGibberish(original(), word, sentencesOf, chance),
    half_gibberish_paragraphs: () => halfGibberish(original(), word, paragraphsOf, chance),
    gibberish_words: () => gibberish(1_000, word, chance),
    gibberish_letters: () => gibberish(1_000, () => letters(chance), chance),
    gibberish_shuffled: () => {
      const all = chance.shuffled(original().match(/[\p{L}\p{N}]+/gu) ?? []);
      return gibberish(all.length, () => all.pop(), chance);
    },
  };
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, make]) => [kind, Array.from({ length: count }, (_, i) => make(i))]),
  );
}

/** Replaces a share of the words, each by what `other` gives for it. */
export function swapped(text, share, other, chance) {
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => (chance.next() < share ? other(word) : word));
}

/**
 * A word for a word, always the same, as a thesaurus would: another one that is about as frequent and ends alike. A stand-in for
 * synonyms that works in any language.
 */
function synonymsOf(vocabulary, seed) {
  const counts = new Map();
  for (const word of vocabulary) counts.set(word, (counts.get(word) ?? 0) + 1);
  const classes = new Map();
  for (const [word, count] of counts) {
    const name = `${Math.floor(Math.log2(count))} ${word.slice(-2)}`;
    classes.set(name, [...(classes.get(name) ?? []), word]);
  }
  const others = new Map();
  const chance = new Chance(seed + 1);
  for (const words of classes.values()) {
    const turned = chance.shuffled(words);
    for (const [i, word] of turned.entries()) others.set(word, turned[(i + 1) % turned.length]);
  }
  return (word) => others.get(word.toLowerCase()) ?? word;
}

function reordered(text, chance) {
  const [title, ...rest] = paragraphsOf(text);
  return [title, ...chance.shuffled(rest)].join("\n\n");
}

function mashup(texts, partsOf, chance) {
  const length = Math.max(...texts.map((text) => partsOf(text).length)) / texts.length;
  const parts = texts.map(partsOf);
  const mixed = Array.from({ length: Math.ceil(length) }, (_, i) => parts.map((list) => list[i % list.length])).flat();
  return `# Mixed ${chance.below(1e6)}\n\n${grouped(mixed, partsOf)}`;
}

function halfGibberish(text, word, partsOf, chance) {
  const parts = partsOf(text).map((part, i) =>
    i % 2 === 0 ? part : sentence(Math.max(5, wordsOf(part).length), word, chance),
  );
  return grouped(parts, partsOf);
}

function gibberish(words, word, chance) {
  const sentences = [];
  for (let left = words; left > 0; ) {
    const length = Math.min(left, 8 + chance.below(15));
    sentences.push(sentence(length, word, chance));
    left -= length;
  }
  return `# Thoughts ${chance.below(1e6)}\n\n${grouped(sentences, sentencesOf)}`;
}

function sentence(length, word) {
  const words = Array.from({ length }, () => word("the"));
  return `${words.join(" ")}.`;
}

function letters(chance) {
  return Array.from({ length: 2 + chance.below(8) }, () => String.fromCharCode(97 + chance.below(26))).join("");
}

function grouped(parts, partsOf) {
  if (partsOf === paragraphsOf) return parts.join("\n\n");
  const paragraphs = [];
  for (let i = 0; i < parts.length; i += 6) paragraphs.push(parts.slice(i, i + 6).join(" "));
  return paragraphs.join("\n\n");
}

export function paragraphsOf(text) {
  return text.split(/\n\s*\n/).filter((part) => part.trim() !== "");
}

export function sentencesOf(text) {
  return text
    .replace(/^#+ .*$/gm, "")
    .split(/(?<=[.!?:])\s+|\n\s*\n/)
    .map((part) => part.replace(/\s+/g, " ").trim())
    .filter((part) => wordsOf(part).length >= 4);
}
