import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { MicroVM } from "@vibewriter/microvm";
import type { z } from "zod";
import { codeOf, messageOf, ServerError } from "../errors.js";
import { inOurWords } from "../in-our-words.js";
import { parse } from "../parse.js";
import { type Done, Start, type Started } from "./contract.js";
import { decodeFrames, encodeBytes, encodeJson, type Frame, frameType, jsonOf } from "./frames.js";

type StartOf = z.output<typeof Start>;

/** From the connection to its first frame, and from our last frame to the client's end of the connection. */
const PATIENCE_MS = 30_000;
/** As much of a command's output as a VM passes on. */
const LARGEST_OUTPUT = 67_108_864;

/**
 * Runs one command in a VM for the client at the other end of `stream`. When the client goes away the command is ended. Never rejects:
 * what goes wrong is the client's to hear.
 */
export async function serveSession(stream: Duplex, vm: () => Promise<MicroVM>): Promise<void> {
  await new ServedSession(stream).run(vm);
}

class ServedSession {
  readonly #stream: Duplex;
  readonly #gone = new AbortController();

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("error", (error) => this.#gone.abort(error));
  }

  async run(vm: () => Promise<MicroVM>): Promise<void> {
    const frames = decodeFrames(this.#stream);
    try {
      const start = await this.#start(frames);
      void this.#read(frames);
      const opened = await vm();
      this.#gone.signal.throwIfAborted();
      await this.#write(encodeJson(frameType.started, { isolation: opened.isolation } satisfies Started));
      await this.#write(encodeJson(frameType.done, await this.#exec(opened, start)));
    } catch (error) {
      const failure = inOurWords(this.#gone.signal.aborted ? this.#gone.signal.reason : error);
      await this.#write(encodeJson(frameType.failed, { code: codeOf(failure), message: messageOf(failure) }));
    } finally {
      await this.#close();
    }
  }

  async #start(frames: AsyncGenerator<Frame>): Promise<StartOf> {
    const timer = setTimeout(() => this.#stream.destroy(), PATIENCE_MS);
    try {
      const next = await frames.next();
      if (next.done || next.value.type !== frameType.start)
        throw new ServerError("bad_request", "A session begins with its start.");
      return parse(Start, jsonOf(next.value));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Notices when the client has gone, or says what it may not say. */
  async #read(frames: AsyncGenerator<Frame>): Promise<void> {
    try {
      for await (const { type } of frames) throw new ServerError("bad_request", `A client sends no frame ${type}.`);
      this.#gone.abort(new ServerError("unreachable", "The client has gone."));
    } catch (error) {
      this.#gone.abort(error);
    }
  }

  async #exec(vm: MicroVM, start: StartOf): Promise<Done> {
    const { exitCode, signal, timedOut, truncated, durationMs } = await vm.exec({
      argv: start.argv,
      cwd: start.cwd,
      env: start.env,
      timeoutMs: start.timeoutMs,
      maxOutputBytes: LARGEST_OUTPUT,
      signal: this.#gone.signal,
      onStdout: (bytes) => this.#pass(frameType.stdout, bytes),
      onStderr: (bytes) => this.#pass(frameType.stderr, bytes),
    });
    return { exitCode, signal, timedOut, truncated, durationMs };
  }

  #pass(type: typeof frameType.stdout | typeof frameType.stderr, bytes: Uint8Array): void {
    if (this.#stream.destroyed) return;
    for (const frame of encodeBytes(type, bytes)) this.#stream.write(frame);
  }

  async #write(frame: Buffer): Promise<void> {
    if (this.#stream.destroyed || this.#stream.write(frame)) return;
    await Promise.race([once(this.#stream, "drain"), once(this.#stream, "close")]);
  }

  async #close(): Promise<void> {
    if (this.#stream.closed) return;
    const closed = once(this.#stream, "close");
    const timer = setTimeout(() => this.#stream.destroy(), PATIENCE_MS);
    this.#stream.end();
    await closed;
    clearTimeout(timer);
  }
}
