import { setMaxListeners } from "node:events";

/**
 * The time that commands of a run may take in its VM, together: what is under way side by side uses it up as many times as fast, and is all ended in
 * the moment in which it is used up.
 */
export class CommandTime {
  readonly #secondsLeft: () => number;
  readonly #underWay = new Map<string, number>();
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** @param secondsLeft what those that have ended have left; infinite without a limit */
  constructor(secondsLeft: () => number) {
    this.#secondsLeft = secondsLeft;
    // As many as there are commands listen for it.
    setMaxListeners(0, this.#ending.signal);
  }

  /** Is aborted when there is none left. */
  get over(): AbortSignal {
    return this.#ending.signal;
  }

  /** Seconds that there are left for all that is under way. */
  get left(): number {
    const now = performance.now();
    const taken = [...this.#underWay.values()].reduce((sum, since) => sum + (now - since) / 1000, 0);
    return this.over.aborted ? 0 : Math.max(0, this.#secondsLeft() - taken);
  }

  /** What is under way takes time until it ends; the same one is under way once. */
  begin(id: string): void {
    if (!this.#underWay.has(id)) this.#underWay.set(id, performance.now());
    this.#look();
  }

  /** Say first what it took, to whoever says what there is left. */
  end(id: string): void {
    this.#underWay.delete(id);
    this.#look();
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (this.#underWay.size === 0) return;
    const { left } = this;
    if (left <= 0) this.#ending.abort();
    if (left <= 0 || !Number.isFinite(left)) return;
    // Whoever is early looks again.
    const ms = Math.min(Math.ceil((left * 1000) / this.#underWay.size), LONGEST_MS);
    this.#timer = setTimeout(() => this.#look(), ms).unref();
  }
}

/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;
