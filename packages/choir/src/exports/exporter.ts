import { ChoirError } from "../errors.js";
import { CallThread } from "../threads/call-thread.js";
import type { ExportedArticle } from "./exported-article.js";
import type { ExportFormat } from "./format.js";

/** The thread that makes files of articles: whatever is in a text, the process goes on meanwhile, and a deadline ends it. */
class ExportThread extends CallThread {
  constructor() {
    super({ file: workerFile(), name: "The export", slow: [], stackMb: 32 });
  }

  render(exported: ExportedArticle, format: ExportFormat): Promise<Uint8Array> {
    return this.send("render", [exported, format]) as Promise<Uint8Array>;
  }
}

/** Exports articles in a thread of their own, which is started by the first one. */
export class Exporter implements AsyncDisposable {
  #thread: ExportThread | undefined;

  /** @throws ChoirError `export_failed`, or `timeout` for a text that takes more than half a minute */
  async render(exported: ExportedArticle, format: ExportFormat): Promise<Uint8Array> {
    this.#thread ??= new ExportThread();
    const thread = this.#thread;
    try {
      return await thread.render(exported, format);
    } catch (error) {
      if (!(error instanceof ChoirError && ["timeout", "index_stopped"].includes(error.code))) throw error;
      // What it is at may never end; the next export gets a thread that is free.
      if (this.#thread === thread) this.#thread = undefined;
      await thread.abandon();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.abandon();
  }
}

/** The compiled worker: beside this file, or in dist/ when this file runs from its sources, as in the tests. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith(".ts") ? new URL("../../dist/exports/worker.js", here) : new URL("./worker.js", here);
}
