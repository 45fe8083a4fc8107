import { withoutCitations } from "../check/clauses.js";
import type { Corpus } from "../check/corpus.js";
import { pointsBack, withName } from "../claims/atomic.js";

/** Opens a sentence that cannot be understood without the one before it, whatever that names. */
const HANGS = /^(?:it|they|he|she|its|their|his|her|this|that|these|those|such|the (?:former|latter|same))\b/i;
/** "It is true that …", "This report …", "Those who …" point at nothing that stands before them. */
const STANDS =
  /^(?:it (?:is|was|seems|appears|remains|follows|turns out)(?! an? | the | one )(?: \p{L}+){0,2} (?:that|whether|how|why|unclear|unknown)\b|this (?:report|article|review|overview|note|paper|page|chapter|section|part|summary|table|list|figure|year|month|week|quarter)\b|those (?:who|that|which|with|of|in)\b)/iu;

/**
 * Keeps what "it" means, sentence by sentence, while sentences of a draft go: one that opens with a word for something in a sentence that has
 * gone would speak of what stands before that one.
 */
export class Antecedents {
  readonly #corpus: Corpus;
  #block = -1;
  /** The sentence that was before and is not any more. */
  #lost?: { text: string; isReworded: boolean };
  #kept?: string;

  constructor(corpus: Corpus) {
    this.#corpus = corpus;
  }

  /** @param block the number of the paragraph whose sentences come now: what a word means is looked for in there */
  enter(block: number): void {
    if (block === this.#block) return;
    this.#block = block;
    this.#lost = undefined;
    this.#kept = undefined;
  }

  /**
   * A sentence as it has to be after what became of those before it: as it is, with the name in the place of its first word, or undefined where
   * nobody could tell what that word means.
   */
  connected(text: string): string | undefined {
    if (this.#lost === undefined || STANDS.test(text)) return text;
    const named = withName(text, this.#lost.text, this.#corpus);
    if (named !== text) {
      return this.#kept !== undefined && withName(text, this.#kept, this.#corpus) === named ? text : named;
    }
    return !this.#lost.isReworded && HANGS.test(text) ? undefined : text;
  }

  /**
   * What became of the next sentence.
   * @param before as the draft had it
   * @param now as it is; undefined where it has gone
   */
  became(before: string, now: string | undefined): void {
    const lost = now !== before && (!pointsBack(before) || STANDS.test(before));
    if (now !== undefined) {
      this.#lost = lost ? { text: plain(before), isReworded: true } : undefined;
      this.#kept = plain(now);
    } else if (lost) this.#lost = { text: plain(before), isReworded: false };
  }
}

function plain(text: string): string {
  return withoutCitations(text).trim();
}
