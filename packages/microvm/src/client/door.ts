import { Duplex } from "node:stream";
import { z } from "zod";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { violation } from "../wire/frame.js";
import { parsePayload, type ResultOf } from "../wire/messages.js";
import { ByteQueue } from "./byte-queue.js";
import type { CallRequest } from "./call.js";
import { Handover } from "./handover.js";
import { nextRecord } from "./records.js";

/** A loopback port of the VM whose connections the host serves: an HTTP proxy, or the bridge to the agent's tools. */
export type DoorName = "proxy" | "bridge";

/** What a door needs of its connection. */
export interface DoorKeeper {
  call(request: CallRequest<"accept">): Promise<ResultOf<"accept">>;
  /** Closes the connection of a guest that broke the rules. */
  breakOff(error: MicroVMError): void;
}

const greeting = z.object({ token: z.string().max(256) });
const greetingBytes = 1_024;
const bufferBytes = 65_536;
/** How long what was written last may take to reach the program, once both sides have said that they are done. */
const lingerMs = 30_000;

/**
 * Waits for a program in the VM to connect to a door. `signal` ends the waiting and means nothing afterwards. Throws
 * MicroVMError `cancelled` after the signal, `connection_lost`, `too_many_streams`.
 */
export async function accept(keeper: DoorKeeper, door: DoorName, signal?: AbortSignal): Promise<DoorStream> {
  const queue = new ByteQueue();
  const outbox = new Handover<Uint8Array>();
  const ending = new AbortController();
  const stopWaiting = () => ending.abort();
  const call = keeper.call({
    op: "accept",
    args: { door },
    body: () => outbox,
    // A program may say as much as it likes, as fast as it is read.
    maxData: Number.MAX_SAFE_INTEGER,
    queue,
    signal: ending.signal,
  });
  const over = call.then(
    () => {
      queue.end();
      return undefined;
    },
    (error: Error) => {
      queue.end(error);
      return error;
    },
  );
  if (signal?.aborted) stopWaiting();
  else signal?.addEventListener("abort", stopWaiting, { once: true });
  try {
    const token = await readToken(queue);
    return new DoorStream(token, { queue, outbox, over, cancel: stopWaiting });
  } catch (error) {
    ending.abort();
    if (isMicroVMError(error, "protocol_violation")) keeper.breakOff(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stopWaiting);
  }
}

/** The stream of one program's connection, and the token that the agent put in front of it. */
export class DoorStream extends Duplex {
  /** The token granted last before the program connected, or "" if none was. */
  readonly token: string;
  readonly #queue: ByteQueue;
  readonly #outbox: Handover<Uint8Array>;
  readonly #cancel: () => void;
  #linger: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    token: string,
    o: { queue: ByteQueue; outbox: Handover<Uint8Array>; over: Promise<Error | undefined>; cancel: () => void },
  ) {
    super({ allowHalfOpen: true, highWaterMark: bufferBytes });
    this.token = token;
    this.#queue = o.queue;
    this.#outbox = o.outbox;
    this.#cancel = o.cancel;
    o.over.then((error) => this.#onOver(error));
  }

  override _read(): void {
    this.#queue.next().then(
      (bytes) => this.destroyed || this.push(bytes ?? null),
      (error: Error) => this.destroy(error),
    );
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#outbox.give(chunk).then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.#outbox.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const isGraceful = error === null && this.readableEnded && this.writableFinished;
    if (!isGraceful) this.#cancel();
    else if (!this.#isOver) this.#linger = setTimeout(this.#cancel, lingerMs).unref();
    done(error);
  }

  /** The call is over: by an error, or because both directions are, as the guest sees it. */
  #onOver(error: Error | undefined): void {
    this.#isOver = true;
    clearTimeout(this.#linger);
    const closed = new MicroVMError("connection_lost", "The program in the VM has closed its connection.");
    this.#outbox.refuse(error ?? closed);
    if (error !== undefined) this.destroy(error);
  }
}

async function readToken(queue: ByteQueue): Promise<string> {
  const record = await nextRecord(queue, greetingBytes);
  if (record === undefined) throw violation("a connection without its token");
  return parsePayload(greeting, record, "what begins a connection").token;
}
