import { allowedEdits, editDistance, kindsApart, kindsOfLetters } from "./spelling.js";

/** The words that there are, by length, so that those near a misspelt one are found by looking at few letters. */
export class Speller {
  readonly #byLength: { words: string[]; kinds: number[]; numbers: number[] }[] = [];

  add(word: string, number: number): void {
    const bucket = this.#byLength[word.length] ?? { words: [], kinds: [], numbers: [] };
    this.#byLength[word.length] = bucket;
    bucket.words.push(word);
    bucket.kinds.push(kindsOfLetters(word));
    bucket.numbers.push(number);
  }

  /** Numbers of the words nearest to this one, within {@link allowedEdits}: those with the fewest edits. */
  nearest(word: string): number[] {
    const kinds = kindsOfLetters(word);
    let least = allowedEdits(word);
    let found: number[] = [];
    // Of a word of three letters one is missing, or it is an abbreviation: others of its length are no better than it.
    for (
      let length = word.length === 3 ? 4 : word.length - least;
      least > 0 && length <= word.length + least;
      length++
    ) {
      const bucket = this.#byLength[length];
      for (let i = 0; bucket && i < bucket.words.length; i++) {
        // Each edit brings in or takes away at most two kinds of letters: nearly all candidates end here.
        if (kindsApart(kinds, bucket.kinds[i] ?? 0) > 2 * least) continue;
        const edits = editDistance(word, bucket.words[i] ?? "", least);
        if (edits > least) continue;
        if (edits < least) found = [];
        least = edits;
        found.push(bucket.numbers[i] ?? 0);
      }
    }
    return found;
  }
}
