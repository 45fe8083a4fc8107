import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import type { z } from "zod";
import { ServerError } from "../errors.js";
import { unreachable } from "../http-over-socket.js";
import { Failed, type Size, type Start, Started } from "./contract.js";
import {
  decodeFrames,
  encodeBytes,
  encodeFrame,
  encodeJson,
  type Frame,
  frameType,
  INPUT_WINDOW,
  jsonOf,
  SESSION_PROTOCOL,
} from "./frames.js";

/** Until the server has taken the session, in milliseconds; the start of the VM comes after that. */
const OPEN_MS = 30_000;

/** What is said in a session: that the VM runs, bytes of one of the channels, and at last what it came to. */
export type Said<T> =
  | { readonly type: "started"; readonly vm: Started }
  | { readonly type: "stdout" | "stderr"; readonly bytes: Buffer }
  | { readonly type: "done"; readonly result: T };

/**
 * Something that is done in a VM, from this end. Disposed before it is over, it is ended in the VM.
 *
 * ```ts
 * using session = await Session.open(socket, "alice", { type: "program", argv: ["ls", "-l"] }, Ended);
 * for await (const said of session) if (said.type === "stdout") process.stdout.write(said.bytes);
 * ```
 */
export class Session<T> implements AsyncIterable<Said<T>>, Disposable {
  readonly #stream: Duplex;
  readonly #schema: z.ZodType<T>;
  #window = INPUT_WINDOW;
  #opened: () => void = () => undefined;

  private constructor(stream: Duplex, schema: z.ZodType<T>) {
    this.#stream = stream;
    this.#schema = schema;
    // Reading says it too, and says it to somebody.
    stream.on("error", () => this.#opened());
    stream.on("close", () => this.#opened());
  }

  /** Throws ServerError `unreachable` or `timeout` when there is no server to take it. What the VM says comes with the iteration. */
  static async open<T>(socket: string, id: string, start: Start, schema: z.ZodType<T>): Promise<Session<T>> {
    const session = new Session(await connect(socket, `/v1/vms/${encodeURIComponent(id)}/session`), schema);
    session.#stream.write(encodeJson(frameType.start, start));
    return session;
  }

  /** All that is said, in order, each byte once. Throws ServerError with the VM's code. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Said<T>> {
    try {
      for await (const frame of decodeFrames(this.#stream)) {
        const said = this.#said(frame);
        if (said) yield said;
        if (said?.type === "done") return;
      }
    } catch (cause) {
      throw cause instanceof ServerError ? cause : unreachable(cause);
    }
    throw unreachable(new Error("The session ended without its result."));
  }

  /** Sends input as it is taken; resolves when it is on its way, with false if nobody takes any more. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let rest = bytes; rest.length > 0 && !this.#stream.destroyed; ) {
      if (this.#window === 0) {
        await new Promise<void>((resolve) => {
          this.#opened = resolve;
        });
        continue;
      }
      const part = rest.subarray(0, this.#window);
      rest = rest.subarray(part.length);
      this.#window -= part.length;
      for (const frame of encodeBytes(frameType.input, part)) this.#stream.write(frame);
    }
    return !this.#stream.destroyed;
  }

  /** There is no more input. */
  end(): void {
    this.#send(encodeFrame(frameType.end));
  }

  /** The terminal has another size. */
  resize(size: Size): void {
    this.#send(encodeJson(frameType.resize, size));
  }

  /** Sends a signal, by its number, to the program and all that it started. */
  signal(number: number): void {
    this.#send(encodeJson(frameType.signal, { signal: number }));
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  #send(frame: Buffer): void {
    if (!this.#stream.destroyed) this.#stream.write(frame);
  }

  #said(frame: Frame): Said<T> | undefined {
    switch (frame.type) {
      case frameType.stdout:
        return { type: "stdout", bytes: frame.payload };
      case frameType.stderr:
        return { type: "stderr", bytes: frame.payload };
      case frameType.window:
        this.#window += frame.payload.readUInt32BE(0);
        this.#opened();
        return undefined;
      case frameType.started:
        return { type: "started", vm: Started.parse(jsonOf(frame)) };
      case frameType.done:
        return { type: "done", result: this.#schema.parse(jsonOf(frame)) };
      case frameType.failed: {
        const { code, message } = Failed.parse(jsonOf(frame));
        throw new ServerError(code, message);
      }
      default:
        throw new ServerError("internal", "The server of this home is another version; run `vibewriter stop` first.");
    }
  }
}

function connect(socket: string, path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const headers = { connection: "Upgrade", upgrade: SESSION_PROTOCOL };
    const outgoing = request({ socketPath: socket, path, agent: false, headers });
    const timer = setTimeout(() => {
      outgoing.destroy(new ServerError("timeout", "The server does not answer; run `vibewriter stop` and try again."));
    }, OPEN_MS);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    outgoing.once("upgrade", (_response, stream, head) => {
      if (head.length > 0) stream.unshift(head);
      settle(() => resolve(stream));
    });
    outgoing.once("response", (response: IncomingMessage) => {
      response.resume();
      settle(() =>
        reject(new ServerError("internal", "The server of this home is another version; run `vibewriter stop` first.")),
      );
    });
    outgoing.once("error", (cause) => settle(() => reject(cause instanceof ServerError ? cause : unreachable(cause))));
    outgoing.end();
  });
}
