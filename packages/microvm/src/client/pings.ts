import { randomBytes } from "node:crypto";
import { MicroVMError } from "../errors.js";

const tokenBytes = 8;

/** The pings of one connection that are not answered yet. */
export class Pings {
  readonly #waiting = new Map<string, (reason?: MicroVMError) => void>();

  /** Round trip in milliseconds. Throws MicroVMError `timed_out` after `deadlineMs`, and what `fail` is told. */
  async ping(send: (token: Uint8Array) => void, deadlineMs: number): Promise<number> {
    const token = randomBytes(tokenBytes);
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(key(token), (reason) => (reason === undefined ? resolve() : reject(reason)));
        const text = `The VM did not answer a ping within ${deadlineMs / 1_000} s.`;
        timer = setTimeout(() => reject(new MicroVMError("timed_out", text)), deadlineMs);
        send(token);
      });
      return performance.now() - started;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(key(token));
    }
  }

  /** An answer that nobody waits for came too late, or was never asked for. */
  answer(token: Uint8Array): void {
    this.#waiting.get(key(token))?.();
  }

  fail(reason: MicroVMError): void {
    for (const answer of this.#waiting.values()) answer(reason);
  }
}

const key = (token: Uint8Array) => Buffer.from(token).toString("hex");
