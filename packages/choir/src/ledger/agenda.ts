/** What falls due, and when; of things due at the same time, what was put in first comes first. */
export class Agenda<T> {
  readonly #items: { at: number; what: T }[] = [];
  /** Those before it are done; they are let go of in bulk, since taking out of the front costs the whole list. */
  #done = 0;

  /** Milliseconds. */
  get next(): number | undefined {
    return this.#items[this.#done]?.at;
  }

  add(at: number, what: T): void {
    // Nearly everything is due after all that was due before it.
    let place = this.#items.length;
    while (place > this.#done && (this.#items[place - 1]?.at ?? 0) > at) place--;
    this.#items.splice(place, 0, { at, what });
  }

  /** Takes out the first thing that is due by then. */
  take(until: number): { at: number; what: T } | undefined {
    const item = this.#items[this.#done];
    if (!item || item.at > until) return undefined;
    this.#done += 1;
    if (this.#done > 1_024 && this.#done * 2 > this.#items.length) {
      this.#items.splice(0, this.#done);
      this.#done = 0;
    }
    return item;
  }
}
