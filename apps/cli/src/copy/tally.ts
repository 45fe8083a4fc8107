import { UsageError } from "../exit.js";
import { bytesText, count } from "../view/format.js";

/** Names of this many things that were passed over are kept, to be shown. */
const NAMED = 5;

/** How far a copy is. */
export class Tally {
  readonly #signal: AbortSignal;
  readonly #since = performance.now();
  files = 0;
  bytes = 0;
  /** How many links, devices and the like were passed over, and the first of them. */
  skipped = 0;
  readonly named: string[] = [];

  /** `signal`: when it aborts, content is passed on no more. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  skip(path: string): void {
    this.skipped += 1;
    if (this.named.length < NAMED) this.named.push(path);
  }

  /** Passes content on and counts it. */
  async *counted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.#signal.throwIfAborted();
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  assertGoesOn(): void {
    this.#signal.throwIfAborted();
  }

  /** `12 files, 34.0 MiB, 50.1 MiB/s`. */
  text(): string {
    const perSecond = this.bytes / Math.max(0.001, (performance.now() - this.#since) / 1000);
    return `${count(this.files, "file")}, ${bytesText(this.bytes)}, ${bytesText(perSecond)}/s`;
  }
}

/** Throws UsageError for what is neither a file nor a folder. */
export function neither(path: string): UsageError {
  return new UsageError(`${path} is neither a file nor a folder; copy one of those.`);
}
