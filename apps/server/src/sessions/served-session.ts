import type { Duplex } from "node:stream";
import type { z } from "zod";
import { codeOf, messageOf, ServerError } from "../errors.js";
import { inOurWords } from "../in-our-words.js";
import { parse } from "../parse.js";
import { Signal, Size, type Started } from "./contract.js";
import { decodeFrames, encodeBytes, encodeFrame, encodeJson, type Frame, frameType, jsonOf } from "./frames.js";
import { Input } from "./input.js";

/** From the connection to its first frame, and from our last frame to the client's end of the connection. */
const PATIENCE_MS = 30_000;

/** What a client can do to a program that runs. */
export interface Controls {
  signal(number: number): Promise<void>;
  resize(size: Size): Promise<void>;
}

/** The server's end of a session: what the client says, and what it is told. */
export class ServedSession {
  /** What the client sends as input; fails when the client has gone. */
  readonly input: Input;
  readonly #stream: Duplex;
  readonly #gone = new AbortController();
  readonly #controls: Promise<Controls>;
  #setControls: (controls: Controls) => void = () => undefined;
  /** What the client asks for is done in its order, once there is a program. */
  #asked: Promise<void> = Promise.resolve();

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.input = new Input((bytes) => this.#grant(bytes));
    this.#controls = new Promise((resolve) => {
      this.#setControls = resolve;
    });
    stream.on("error", (error) => this.leave(error));
  }

  /** Aborts when the client has gone or broken the rules. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Reads what is asked for, does it with `work`, and tells what it came to. */
  async serve<S extends z.ZodType>(schema: S, work: (start: z.output<S>) => Promise<object>): Promise<void> {
    // What the client may not say ends the reading, and is still answered.
    const frames = decodeFrames(this.#stream.iterator({ destroyOnReturn: false }));
    try {
      const start = await this.#start(frames, schema);
      void this.#read(frames);
      await this.#write(encodeJson(frameType.done, await work(start)));
    } catch (error) {
      const failure = inOurWords(this.signal.aborted ? this.signal.reason : error);
      await this.#write(encodeJson(frameType.failed, { code: codeOf(failure), message: messageOf(failure) }));
    } finally {
      await this.#close();
    }
  }

  /** The VM runs. */
  started(vm: Started): Promise<void> {
    return this.#write(encodeJson(frameType.started, vm));
  }

  /** From now on there is something to control. */
  control(controls: Controls): void {
    this.#setControls(controls);
  }

  /** Passes output on; resolves when the client takes more. */
  async tell(channel: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    for (const frame of encodeBytes(frameType[channel], bytes)) await this.#write(frame);
  }

  /** Ends the session for a reason that is the client's, or has to be told to it. */
  leave(error: unknown): void {
    if (this.signal.aborted) return;
    this.#gone.abort(error);
    this.input.fail(error instanceof Error ? error : new ServerError("internal", messageOf(error)));
  }

  async #start<S extends z.ZodType>(frames: AsyncGenerator<Frame>, schema: S): Promise<z.output<S>> {
    const timer = setTimeout(() => this.#stream.destroy(), PATIENCE_MS);
    try {
      const next = await frames.next();
      if (next.done || next.value.type !== frameType.start)
        throw new ServerError("bad_request", "A session begins with its start.");
      return parse(schema, jsonOf(next.value));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes what the client says until it has gone; whatever it may not say ends the session. */
  async #read(frames: AsyncGenerator<Frame>): Promise<void> {
    try {
      for await (const frame of frames) this.#take(frame);
      this.leave(new ServerError("unreachable", "The client has gone."));
    } catch (error) {
      this.leave(error);
    }
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case frameType.input:
        this.input.push(frame.payload);
        return;
      case frameType.end:
        this.input.end();
        return;
      case frameType.signal: {
        const { signal } = parse(Signal, jsonOf(frame));
        this.#ask((controls) => controls.signal(signal));
        return;
      }
      case frameType.resize: {
        const size = parse(Size, jsonOf(frame));
        this.#ask((controls) => controls.resize(size));
        return;
      }
      default:
        throw new ServerError("bad_request", `A client sends no frame ${frame.type}.`);
    }
  }

  #ask(act: (controls: Controls) => Promise<void>): void {
    this.#asked = this.#asked.then(async () => {
      try {
        await act(await this.#controls);
      } catch (error) {
        // The program has just ended, which its result says.
        if (codeOf(error) !== "not_found") this.leave(error);
      }
    });
  }

  #grant(bytes: number): void {
    if (this.#stream.destroyed) return;
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.#stream.write(encodeFrame(frameType.window, payload));
  }

  async #write(frame: Buffer): Promise<void> {
    if (this.#stream.destroyed || this.#stream.write(frame)) return;
    await first(this.#stream, "drain", "close");
  }

  async #close(): Promise<void> {
    this.input.end();
    if (this.#stream.closed) return;
    const closed = first(this.#stream, "close");
    const timer = setTimeout(() => this.#stream.destroy(), PATIENCE_MS);
    this.#stream.end();
    this.#stream.resume();
    await closed;
    clearTimeout(timer);
  }
}

/** Resolves at the first of these events, whatever errors come before it. */
function first(stream: Duplex, ...events: string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) stream.removeListener(event, done);
      resolve();
    };
    for (const event of events) stream.once(event, done);
  });
}
