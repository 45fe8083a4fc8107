import { InTurn } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import { CallThread } from "../threads/call-thread.js";
import type { DocumentFormat, TextDocument } from "./document.js";
import type { ExportedArticle } from "./exported-article.js";
import type { ExportFormat } from "./format.js";

/** What making one file may take. */
interface Limits {
  seconds: number;
  /** MiB of heap. */
  memory: number;
  /** MiB of the file. */
  size: number;
}
const LIMITS: Limits = { seconds: 30, memory: 1_024, size: 64 };

/** The thread that makes files of articles: whatever is in a text, the process goes on meanwhile, and a deadline ends it. */
class ExportThread extends CallThread {
  constructor({ seconds, memory: memoryMb }: Limits) {
    super({ file: workerFile(), name: "The export", slow: [], quickMs: seconds * 1_000, stackMb: 32, memoryMb });
  }

  render(exported: ExportedArticle, format: ExportFormat): Promise<Uint8Array<ArrayBuffer>> {
    return this.send("render", [exported, format]) as Promise<Uint8Array<ArrayBuffer>>;
  }

  renderText(document: TextDocument, format: DocumentFormat): Promise<Uint8Array<ArrayBuffer>> {
    return this.send("renderText", [document, format]) as Promise<Uint8Array<ArrayBuffer>>;
  }
}

/** Exports articles in a thread of their own, which is started by the first one, one at a time. */
export class Exporter implements AsyncDisposable {
  readonly #limits: Limits;
  #thread: ExportThread | undefined;
  readonly #turn = new InTurn();
  #isClosed = false;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** @throws ChoirError `export_failed` for a text that takes more than half a minute, 1 GiB of memory or 64 MiB as a file, too; `closed` */
  render(exported: ExportedArticle, format: ExportFormat): Promise<Uint8Array<ArrayBuffer>> {
    // The time of one begins when it is its turn: what an article before it takes is not its fault.
    const what = `Article ${exported.article.id}`;
    return this.#turn.do(() => this.#make({ what, format }, (thread) => thread.render(exported, format)));
  }

  /** The same of a text that is no article. */
  renderText(document: TextDocument, format: DocumentFormat): Promise<Uint8Array<ArrayBuffer>> {
    const what = `“${document.title}”`;
    return this.#turn.do(() => this.#make({ what, format }, (thread) => thread.renderText(document, format)));
  }

  async #make(job: Job, make: (thread: ExportThread) => Promise<Uint8Array<ArrayBuffer>>) {
    if (this.#isClosed) throw new ChoirError("closed", "The knowledge base is closed: open it again.");
    this.#thread ??= new ExportThread(this.#limits);
    const thread = this.#thread;
    try {
      const bytes = await make(thread);
      const size = bytes.length / 2 ** 20;
      if (size <= this.#limits.size) return bytes;
      throw failed(job, `it would have ${size.toFixed(1)} MiB and may have ${this.#limits.size}`);
    } catch (error) {
      if (!(error instanceof ChoirError && ["timeout", "index_stopped"].includes(error.code))) throw error;
      // What it is at may never end, or the thread is gone; the next export gets one that is free.
      this.#thread = undefined;
      await thread.abandon();
      const why =
        error.code === "timeout"
          ? `it takes more than ${this.#limits.seconds} s`
          : "its thread ended, as one that is out of memory does";
      throw failed(job, why, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.abandon();
  }
}

/** What is exported, as an error calls it. */
interface Job {
  what: string;
  format: ExportFormat;
}

function failed({ what, format }: Job, why: string, cause?: unknown): ChoirError {
  const text = `${what} could not be exported as ${format} (${why}): take its Markdown instead.`;
  return new ChoirError("export_failed", text, { cause });
}

/** The compiled worker: beside this file, or in dist/ when this file runs from its sources, as in the tests. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith(".ts") ? new URL("../../dist/exports/worker.js", here) : new URL("./worker.js", here);
}
