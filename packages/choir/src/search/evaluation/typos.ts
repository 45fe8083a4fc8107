import { isStopWord } from "../../text/words.js";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Words that a slip is put into: those of a question's topic. */
const WORD = /\p{L}{4,}/gu;

/**
 * The question with one slip: in one word of four letters or more that is no stop word, one letter is left out, put in, replaced, or
 * swapped with the next one. Word, place and kind are drawn by the seed and the question, so that the same seed gives the same slips.
 * A question without such a word stays as it is.
 */
export function withTypo(question: string, seed: number): string {
  const words = [...question.matchAll(WORD)].filter(([word]) => !isStopWord(word.toLowerCase()));
  const random = generator(seed, question);
  const word = words[Math.floor(random() * words.length)];
  if (!word) return question;
  const slipped = slip(word[0], random);
  return question.slice(0, word.index) + slipped + question.slice(word.index + word[0].length);
}

function slip(word: string, random: () => number): string {
  for (;;) {
    const at = Math.floor(random() * word.length);
    const letter = LETTERS[Math.floor(random() * LETTERS.length)] ?? "e";
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const [here = "", next = ""] = word.slice(at, at + 2);
    const slips = [
      before + after,
      before + letter + here + after,
      before + letter + after,
      before + next + here + after.slice(1),
    ];
    const slipped = slips[Math.floor(random() * slips.length)] ?? word;
    if (slipped !== word) return slipped;
  }
}

/** Mulberry32 (public domain) over a hash of both. */
function generator(seed: number, text: string): () => number {
  let state = seed | 0;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
