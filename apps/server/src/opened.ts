import { messageOf } from "./errors.js";
import type { Log } from "./log.js";

/** What has been opened, in that order; closed in the other. */
export class Opened implements AsyncDisposable {
  readonly #opened: { name: string; resource: AsyncDisposable }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  keep<T extends AsyncDisposable>(name: string, resource: T): T {
    this.#opened.push({ name, resource });
    this.#log.write("info", "opened", { part: name });
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { name, resource } of this.#opened.reverse()) {
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        // What cannot be closed must not keep the rest open.
        this.#log.write("error", "close failed", { part: name, error: messageOf(error) });
      }
    }
  }
}
