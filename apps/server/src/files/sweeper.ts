import type { FileStore } from "@vibewriter/backbone";
import type { Log } from "../log.js";

const HOUR_MS = 3_600_000;
/** No put takes longer from the moment that it finds its content to the moment that it refers to it. */
const GRACE_MS = 24 * HOUR_MS;
/** Versions that are kept of a file. */
const VERSIONS = 100;

/** Removes once an hour what no file refers to any more. A sweep that fails is logged, and the next one does its work. */
export class FileSweeper implements AsyncDisposable {
  readonly #files: Pick<FileStore, "sweep">;
  readonly #log: Pick<Log, "write">;
  readonly #timer: NodeJS.Timeout;
  #sweep: Promise<void>;

  private constructor(files: Pick<FileStore, "sweep">, log: Pick<Log, "write">) {
    this.#files = files;
    this.#log = log;
    this.#sweep = this.#once();
    this.#timer = setInterval(() => {
      this.#sweep = this.#sweep.then(() => this.#once());
    }, HOUR_MS).unref();
  }

  static start(files: Pick<FileStore, "sweep">, log: Pick<Log, "write">): FileSweeper {
    return new FileSweeper(files, log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweep;
  }

  async #once(): Promise<void> {
    try {
      const swept = await this.#files.sweep({ graceMs: GRACE_MS, versions: VERSIONS });
      if (swept.versions + swept.contents + swept.rests > 0) this.#log.write("info", "files swept", { ...swept });
    } catch (error) {
      this.#log.write("warn", "files could not be swept", {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
