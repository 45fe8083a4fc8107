/** Keeps the `size` best of the items that are offered: those with the highest scores, of equal ones the lowest items. */
export class Top {
  readonly #size: number;
  readonly #items: number[] = [];
  readonly #scores: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  offer(item: number, score: number): void {
    if (this.#items.length < this.#size) {
      this.#items.push(item);
      this.#scores.push(score);
      this.#rise(this.#items.length - 1);
    } else if (isWorse(this.#scores[0] ?? 0, this.#items[0] ?? 0, score, item)) {
      this.#items[0] = item;
      this.#scores[0] = score;
      this.#sink();
    }
  }

  /** Best first. */
  sorted(): { item: number; score: number }[] {
    return this.#items
      .map((item, i) => ({ item, score: this.#scores[i] ?? 0 }))
      .sort((a, b) => b.score - a.score || a.item - b.item);
  }

  /** A heap with the worst on top. */
  #rise(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#isWorse(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(): void {
    for (let i = 0; ; ) {
      let worst = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.#items.length && this.#isWorse(child, worst)) worst = child;
      }
      if (worst === i) return;
      this.#swap(i, worst);
      i = worst;
    }
  }

  #isWorse(i: number, j: number): boolean {
    return isWorse(this.#scores[i] ?? 0, this.#items[i] ?? 0, this.#scores[j] ?? 0, this.#items[j] ?? 0);
  }

  #swap(i: number, j: number): void {
    [this.#items[i], this.#items[j]] = [this.#items[j] ?? 0, this.#items[i] ?? 0];
    [this.#scores[i], this.#scores[j]] = [this.#scores[j] ?? 0, this.#scores[i] ?? 0];
  }
}

function isWorse(score: number, item: number, otherScore: number, otherItem: number): boolean {
  return score < otherScore || (score === otherScore && item > otherItem);
}
