import { setImmediate as nextTurn } from "node:timers/promises";

/** Work at a stretch, in milliseconds; a question has three of them to wait for at most. */
const SLICE_MS = 4;

/** Long work of a thread, one piece after the other, each of it cut where it yields: what is asked meanwhile is answered between two slices. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` to its end, after all that came before. */
  run<T>(work: () => Generator<void, T>): Promise<T> {
    const done = this.#last.then(() => inSlices(work()));
    this.#last = done.catch(() => undefined); // Whoever asked for it has the error.
    return done;
  }

  /** Returns when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

async function inSlices<T>(work: Generator<void, T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await nextTurn();
  }
}
