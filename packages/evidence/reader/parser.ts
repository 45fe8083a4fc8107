import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ExtractedText } from "../src/sources/extraction.js";
import type { ReaderCode } from "./failure.js";

export interface ReadRequest {
  bytes: Uint8Array<ArrayBuffer>;
  mediaType: string;
  name: string;
}

export type ReadReply = ({ ok: true } & ExtractedText) | { ok: false; code: ReaderCode; message: string };

/** MiB of the two generations of the thread's heap. What pages and streams are unpacked to lies beside it. */
const HEAP = { maxOldGenerationSizeMb: 288, maxYoungGenerationSizeMb: 32 };

/**
 * Parses documents in a thread of their own, one after the other. One that takes too long or too much memory loses its thread and is
 * refused; the next document gets a new one.
 */
export class Parser {
  readonly #program: URL;
  readonly #deadlineMs: number;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param deadlineMs for one document, from when its turn has come */
  constructor(program: URL, deadlineMs: number) {
    this.#program = program;
    this.#deadlineMs = deadlineMs;
  }

  /** Takes the bytes over: they are of no use to the caller any more. Whatever goes wrong is answered, not thrown. */
  async parse(request: ReadRequest, deadlineMs = this.#deadlineMs): Promise<ReadReply> {
    const before = this.#last;
    const reply = (async () => {
      await before;
      return await this.#ask(request, deadlineMs);
    })();
    this.#last = reply;
    return await reply;
  }

  async #ask(request: ReadRequest, deadlineMs: number): Promise<ReadReply> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    try {
      return await exchange(worker, request, deadlineMs);
    } catch (error) {
      this.#worker = undefined;
      await worker.terminate();
      const reason = error instanceof Error ? error.message : `The document cannot be read: ${error}`;
      console.error(`${request.name}: ${reason}`);
      return { ok: false, code: "unreadable", message: reason };
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { resourceLimits: HEAP });
    // Also when nobody waits for a reply: an error without a listener would end the reader.
    worker.on("error", (error: Error) => console.error(`parser: ${error.message}`));
    return worker;
  }
}

async function exchange(worker: Worker, request: ReadRequest, deadlineMs: number): Promise<ReadReply> {
  const over = new AbortController();
  const seconds = Math.round(deadlineMs / 1000);
  const timer = setTimeout(
    () => over.abort(new Error(`The document takes longer than ${seconds} s to read.`)),
    deadlineMs,
  );
  const ended = (): void => over.abort(new Error("The document ended the program that reads it."));
  worker.once("exit", ended);
  try {
    const reply = once(worker, "message", { signal: over.signal });
    worker.postMessage(request, [request.bytes.buffer]);
    const [message]: ReadReply[] = await reply;
    if (!message) throw new Error("The program that reads documents gave no answer.");
    return message;
  } catch (error) {
    // A thread that fails ends, too: what it failed of says more.
    if (error instanceof Error && error.name === "AbortError") throw over.signal.reason;
    if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY")
      throw new Error("The document takes more memory to read than a reader has.", { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    worker.off("exit", ended);
  }
}
