import type { BackboneError } from "../errors.js";

interface Waiter {
  seq: number;
  resolve: () => void;
  reject: (error: BackboneError) => void;
}

/** Those who wait until a projection has come to a position. */
export class Waiters {
  #waiters: Waiter[] = [];

  /** `late` makes the error for a wait that was too long. */
  async wait(seq: number, timeoutMs: number, late: () => BackboneError): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const waiter = { seq, resolve, reject };
      this.#waiters.push(waiter);
      timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(late());
      }, timeoutMs);
    }).finally(() => clearTimeout(timer));
  }

  /** Lets those go who wait for this position or one before it. */
  reached(seq: number): void {
    const done = this.#waiters.filter((waiter) => waiter.seq <= seq);
    this.#waiters = this.#waiters.filter((waiter) => waiter.seq > seq);
    for (const { resolve } of done) resolve();
  }

  giveUp(error: BackboneError): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}
