/** A rate with room for a burst: it fills at `perSecond` up to `burst`. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  #level: number;
  #at: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(o: { perSecond: number; burst: number; now?: () => number }) {
    this.#perSecond = o.perSecond;
    this.#burst = o.burst;
    this.#now = o.now ?? (() => performance.now());
    this.#level = o.burst;
    this.#at = this.#now();
  }

  /** Takes `count` if it is there. */
  tryTake(count = 1): boolean {
    this.#fill();
    if (this.#level < count) return false;
    this.#level -= count;
    return true;
  }

  /** Takes `count` in any case; the milliseconds to wait until that is paid for. */
  take(count: number): number {
    this.#fill();
    this.#level -= count;
    return this.#level >= 0 ? 0 : (-this.#level / this.#perSecond) * 1_000;
  }

  #fill(): void {
    const now = this.#now();
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
  }
}
