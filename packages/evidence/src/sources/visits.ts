import { setTimeout as sleep } from "node:timers/promises";
import { InTurn } from "@vibewriter/backbone";
import { EvidenceError } from "../errors.js";

/** Whoever would have to wait longer than this is told so instead, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;
/** What a server asks for is heeded up to here: one that says "in a year" would not be read again by this process. */
const LONGEST_REST_MS = 24 * 3_600_000;

/** A server has asked to be left alone. */
export class AskedToWait extends EvidenceError {
  /** For how long, in milliseconds. */
  readonly waitMs: number;

  /** @param waitMs milliseconds, of which a day counts at most */
  constructor(name: string, waitMs: number) {
    const heededMs = Math.min(waitMs, LONGEST_REST_MS);
    const when = new Date(Date.now() + heededMs).toISOString().replace(/\.\d+Z$/, "Z");
    super("asked_to_wait", `${name} asks to be left alone until ${when}: try again then, or go on without it.`);
    this.waitMs = heededMs;
  }
}

/** One server as this process meets it: asked one thing at a time, with a pause after each, and left alone for as long as it has asked to be. */
export class Visits {
  readonly #name: string;
  readonly #turn = new InTurn();
  #waiting = 0;
  /** Of this machine's uptime, in milliseconds. */
  #freeAt = 0;
  #restsUntil = 0;

  /** @param name what it is called in sentences */
  constructor(name: string) {
    this.#name = name;
  }

  /** Whether nobody is there and nobody waits, so that nothing is lost by forgetting it. */
  get isIdle(): boolean {
    const now = performance.now();
    return this.#waiting === 0 && now >= this.#freeAt && now >= this.#restsUntil;
  }

  /**
   * Asks it something when it is this caller's turn.
   * @param o.gapMs milliseconds between the end of this visit and the next
   * @throws AskedToWait at once if it is to be left alone or the line is too long; what `visit` throws. An AskedToWait of `visit` counts for
   *   all that come later
   */
  async do<T>(visit: () => Promise<T>, o: { gapMs: number; signal?: AbortSignal }): Promise<T> {
    this.#refuseWhileResting();
    const ahead = Math.max(0, this.#freeAt - performance.now()) + this.#waiting * o.gapMs;
    if (ahead > LONGEST_WAIT_MS) throw new AskedToWait(this.#name, ahead);
    this.#waiting += 1;
    try {
      return await this.#turn.do(async () => {
        o.signal?.throwIfAborted();
        this.#refuseWhileResting();
        await sleep(Math.max(0, this.#freeAt - performance.now()), undefined, { signal: o.signal });
        return await this.#visit(visit, o.gapMs);
      });
    } finally {
      this.#waiting -= 1;
    }
  }

  async #visit<T>(visit: () => Promise<T>, gapMs: number): Promise<T> {
    try {
      return await visit();
    } catch (error) {
      if (error instanceof AskedToWait) {
        this.#restsUntil = performance.now() + error.waitMs;
      }
      throw error;
    } finally {
      this.#freeAt = performance.now() + gapMs;
    }
  }

  #refuseWhileResting(): void {
    const left = this.#restsUntil - performance.now();
    if (left > 0) throw new AskedToWait(this.#name, left);
  }
}

/**
 * Milliseconds that an answer asks to wait, from its `Retry-After` in seconds or as a date; undefined if it does not say.
 * @param now milliseconds since 1970
 */
export function retryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
