interface Item<T> {
  value: T;
  taken: () => void;
  failed: (error: unknown) => void;
}

/** Hands values from a giver to a taker, at the taker's pace: a body that is written piece by piece, a row of events. */
export class Handover<T> implements AsyncIterable<T> {
  #items: Item<T>[] = [];
  #end: { error?: unknown } | undefined;
  #refusal: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Resolves once the taker has done with the value, so that a giver who waits for it holds one at most. */
  give(value: T): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal.error);
    return new Promise((taken, failed) => {
      this.#items.push({ value, taken, failed });
      this.#awaken();
    });
  }

  /** Nothing more will be given; the taker gets `error` after the rest. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#awaken();
  }

  /** Nobody takes anything any more: what waits and what will be given fails with `error`. */
  refuse(error: unknown): void {
    this.#refusal ??= { error };
    for (const { failed } of this.#items.splice(0)) failed(error);
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const [item] = this.#items;
      if (item !== undefined) {
        yield item.value;
        // Asked for the next one: this one is done with.
        if (this.#items[0] === item) this.#items.shift();
        item.taken();
      } else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      } else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #awaken(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
