import { Transform } from "node:stream";
import type { DoorName } from "../client/door.js";
import type { Account } from "./account.js";
import { type AuditRecord, auditText } from "./audit.js";
import { Refusal } from "./refusal.js";

/** What may pass in one exchange without a byte in either direction, and in all. */
export interface ExchangeTimes {
  idleMs: number;
  totalMs: number;
}

/** One request of a program, from its first byte to its audit record: its time, its bytes, its outcome. */
export class Exchange {
  /** Aborts with a Refusal when time is up, or with what `abort` was given. */
  readonly signal: AbortSignal;
  readonly account: Account;
  readonly #controller = new AbortController();
  readonly #record: AuditRecord;
  readonly #started = performance.now();
  readonly #total: NodeJS.Timeout;
  readonly #idle: NodeJS.Timeout;
  #isAllowed = false;
  #isOver = false;
  #untie: () => void = () => undefined;

  constructor(o: { vm: string; door: DoorName; account: Account; times: ExchangeTimes }) {
    this.signal = this.#controller.signal;
    this.account = o.account;
    const time = new Date().toISOString();
    this.#record = { time, vm: o.vm, door: o.door, outcome: "allowed", bytesUp: 0, bytesDown: 0, durationMs: 0 };
    const late = () => this.abort(new Refusal("timed_out", "The other side was silent for too long; try again."));
    this.#idle = setTimeout(late, o.times.idleMs);
    this.#total = setTimeout(late, o.times.totalMs);
  }

  /** Says what this is about, as far as it is known. */
  describe(what: Partial<Pick<AuditRecord, "method" | "host" | "port" | "name" | "status">>): void {
    const { method, host, name } = what;
    Object.assign(this.#record, what);
    if (method !== undefined) this.#record.method = auditText(method);
    if (host !== undefined) this.#record.host = auditText(host);
    if (name !== undefined) this.#record.name = auditText(name);
  }

  /** From here on something has been passed on: what goes wrong is a failure, not a refusal. */
  allow(): void {
    this.#isAllowed = true;
  }

  /** Ends it when what allows it ends. */
  endWith(allowed: AbortSignal): void {
    const end = () => this.#controller.abort(allowed.reason);
    allowed.addEventListener("abort", end, { once: true });
    this.#untie = () => allowed.removeEventListener("abort", end);
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** Passes bytes on, counted, and no faster than the VM may. */
  meter(direction: "up" | "down"): Transform {
    return new Transform({
      transform: (chunk: Buffer, _, done) => {
        let delayMs: number;
        try {
          delayMs = this.count(direction, chunk.length);
        } catch (error) {
          this.abort(error as Error);
          done(error as Error);
          return;
        }
        if (delayMs < 1) done(null, chunk);
        else setTimeout(done, delayMs, null, chunk);
      },
    });
  }

  /** Counts bytes that are about to be passed on; the milliseconds to wait first. Throws Refusal `byte_limit`. */
  count(direction: "up" | "down", bytes: number): number {
    this.#idle.refresh();
    this.#record[direction === "up" ? "bytesUp" : "bytesDown"] += bytes;
    return this.account.countBytes(bytes);
  }

  /** Ends the exchange and writes its record, once. @param error what it ended with; absent: it was done */
  finish(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#total);
    this.#untie();
    // What it was aborted for says more than the error that this led to.
    const why: unknown = error !== undefined && this.signal.aborted ? this.signal.reason : error;
    const isRefused = why instanceof Refusal && why.status < 500 && !this.#isAllowed;
    const outcome = why === undefined ? "allowed" : isRefused ? "refused" : "failed";
    this.account.audit({
      ...this.#record,
      outcome,
      ...(why === undefined ? {} : { reason: why instanceof Refusal ? why.code : ("connection_lost" as const) }),
      durationMs: Math.round(performance.now() - this.#started),
    });
  }
}
