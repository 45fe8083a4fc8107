interface Piece {
  bytes: Uint8Array;
  taken: () => void;
  failed: (error: unknown) => void;
}

/** A body that is written piece by piece while its call runs. */
export class Outbox implements AsyncIterable<Uint8Array> {
  #pieces: Piece[] = [];
  #isEnded = false;
  #failure: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Resolves once the bytes are on their way to the guest, so that a writer who waits for it holds one piece at most. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    return new Promise((taken, failed) => {
      this.#pieces.push({ bytes, taken, failed });
      this.#wake?.();
    });
  }

  /** Nothing more will be written. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Nobody takes anything any more: writes that wait, and those that come, fail with `error`. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { failed } of this.#pieces.splice(0)) failed(error);
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const [piece] = this.#pieces;
      if (piece !== undefined) {
        yield piece.bytes;
        // Asked for the next one: this one was sent.
        if (this.#pieces[0] === piece) this.#pieces.shift();
        piece.taken();
      } else if (this.#isEnded) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
