/** How often each of several callers may ask: `perSecond` in the long run, `burst` at once. */
export class Rate {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #left = new Map<string, { tokens: number; at: number }>();

  constructor(o: { perSecond: number; burst: number }) {
    this.#perSecond = o.perSecond;
    this.#burst = o.burst;
  }

  /** @param now milliseconds, of a clock that is not set */
  allows(caller: string, now = performance.now()): boolean {
    const { tokens, at } = this.#left.get(caller) ?? { tokens: this.#burst, at: now };
    const left = Math.min(this.#burst, tokens + ((now - at) / 1000) * this.#perSecond);
    this.#left.delete(caller);
    this.#left.set(caller, { tokens: left < 1 ? left : left - 1, at: now });
    this.#forgetRested(now);
    return left >= 1;
  }

  /** Whoever has not asked for so long that its burst is whole again, the oldest first. */
  #forgetRested(now: number): void {
    for (const [caller, { at }] of this.#left) {
      if ((now - at) / 1000 < this.#burst / this.#perSecond) return;
      this.#left.delete(caller);
    }
  }
}
