import { forgetSetAside } from "@vibewriter/agent/host";
import type { FileStore } from "@vibewriter/backbone";
import type { Log } from "../log.js";

const HOUR_MS = 3_600_000;
/** No put takes longer from the moment that it finds its content to the moment that it refers to it. */
const GRACE_MS = 24 * HOUR_MS;
/** Versions that are kept of a file. */
const VERSIONS = 100;

export interface FileSweeperOptions {
  readonly files: Pick<FileStore, "list" | "forget" | "sweep">;
  readonly runs: () => Promise<Parameters<typeof forgetSetAside>[1]>;
  readonly log: Pick<Log, "write">;
}

/**
 * Removes once an hour what was set aside for runs that ended a week ago, and what no file refers to any more. A sweep that fails is logged,
 * and the next one does its work.
 */
export class FileSweeper implements AsyncDisposable {
  readonly #o: FileSweeperOptions;
  readonly #timer: NodeJS.Timeout;
  #sweep: Promise<void>;

  private constructor(o: FileSweeperOptions) {
    this.#o = o;
    this.#sweep = this.#once();
    this.#timer = setInterval(() => {
      this.#sweep = this.#sweep.then(() => this.#once());
    }, HOUR_MS).unref();
  }

  static start(o: FileSweeperOptions): FileSweeper {
    return new FileSweeper(o);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweep;
  }

  async #once(): Promise<void> {
    const { files, runs, log } = this.#o;
    try {
      const setAside = await forgetSetAside(files, await runs());
      const swept = await files.sweep({ graceMs: GRACE_MS, versions: VERSIONS });
      if (setAside + swept.versions + swept.contents + swept.rests > 0) {
        log.write("info", "files swept", { setAside, ...swept });
      }
    } catch (error) {
      log.write("warn", "files could not be swept", { error: error instanceof Error ? error.message : String(error) });
    }
  }
}
