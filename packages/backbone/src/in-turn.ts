/** Does one thing after the other, in the order in which they were asked for; one that fails holds up none behind it. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after all that came before; its result or error is the caller's. */
  do<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // The caller has the error.
    return done;
  }

  /** When nothing is under way any more of what was asked for until now. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
