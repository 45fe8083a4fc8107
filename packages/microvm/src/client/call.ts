import { isMicroVMError, MicroVMError } from "../errors.js";
import type { CborValue } from "../wire/cbor.js";
import { channel, type Frame, frameType, violation } from "../wire/frame.js";
import { type Op, parsePayload, parseValue, type ResultOf, reply, results } from "../wire/messages.js";
import { type Body, BodySender, initialWindow } from "./body.js";
import type { ByteQueue } from "./byte-queue.js";
import type { OutgoingFrame } from "./frame-writer.js";

/** What one call asks of the guest. */
export interface CallRequest<O extends Op = Op> {
  op: O;
  args: Record<string, CborValue | undefined>;
  /** The operation id under which the guest's journal keeps the outcome. */
  id?: string;
  /** Sent as DATA up to END; absent or empty: the CALL itself says END. */
  body?: Body;
  /** Most DATA bytes the guest may send before it counts as broken. */
  maxData: number;
  /** Takes data as it comes. */
  onData?: (channel: number, bytes: Uint8Array) => void;
  /** Takes data instead of `onData`, at its reader's pace: the guest may send again only what was taken. Whoever calls ends it. */
  queue?: ByteQueue;
  /** The call fails with `timed_out` and is cancelled in the guest after this time; absent: it may last as long as its connection. */
  deadlineMs?: number;
  /** The same once the guest has let it wait this long at a stretch: for a transfer whose length nobody knows. */
  idleMs?: number;
  /** Cancels the operation in the guest; its outcome is still awaited for a moment. */
  signal?: AbortSignal;
  /** Giving the call up, at its deadline or by its signal, leaves the operation in the guest alone. */
  isFollower?: boolean;
}

/** What a call needs of its connection. */
export interface CallTransport {
  send(frame: OutgoingFrame): void;
  /** Resolves when the socket takes more. */
  drained(): Promise<void>;
}

/** Grant once this much was consumed: rarely enough to be cheap, often enough that the sender never waits. */
const grantStep = 262_144;
/** How long a cancelled operation may take to answer. */
const cancelGraceMs = 5_000;

/** One call, from the wait for a stream to its REPLY. */
export class Call<O extends Op = Op> {
  readonly done: Promise<ResultOf<O>>;
  readonly #request: CallRequest<O>;
  readonly #transport: CallTransport;
  readonly #body: BodySender;
  #stream: number | undefined;
  #settle: { resolve: (value: ResultOf<O>) => void; reject: (error: unknown) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sourceError: { error: unknown } | undefined;
  #received = 0;
  #consumed = 0;
  #window = initialWindow;
  #dataEnded = false;

  /** Starts the deadline. */
  constructor(request: CallRequest<O>, transport: CallTransport) {
    this.#request = request;
    this.#transport = transport;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const { body, deadlineMs, idleMs, queue, signal } = request;
    const sendData = (payload: Uint8Array, end: boolean) => {
      // From here on it is the guest's turn.
      this.#progress();
      transport.send({ type: frameType.data, stream: this.#stream, payload, end });
    };
    this.#body = new BodySender(body, { sendData, drained: () => transport.drained() });
    if (queue !== undefined) queue.onTaken = (size) => this.#consume(size);
    const allowedMs = deadlineMs ?? idleMs;
    if (allowedMs !== undefined) this.#timer = setTimeout(() => this.#onTime(allowedMs), allowedMs);
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** True once it was answered or given up. */
  get isOver(): boolean {
    return this.#settle === undefined;
  }

  /** Sends the CALL, whose payload is `message`, and then the body. */
  open(stream: number, message: Uint8Array): void {
    this.#stream = stream;
    this.#transport.send({ type: frameType.call, stream, payload: message, end: this.#body.isEmpty });
    if (this.#body.isEmpty) return;
    this.#body.send().catch((error: unknown) => this.#onSourceError(error));
  }

  /** Takes a frame of this stream; true if it was the last one. Throws when the guest breaks the rules. */
  take(frame: Frame): boolean {
    this.#progress();
    if (frame.type === frameType.window) this.#body.grant(Buffer.from(frame.payload).readUInt32BE(0));
    else if (frame.type === frameType.data) this.#takeData(frame);
    else if (frame.type === frameType.reply) this.#takeReply(frame.payload);
    else throw violation(`type ${frame.type} from a guest`);
    return frame.type === frameType.reply;
  }

  /** Ends the call on this side. A REPLY that comes later is read and dropped. */
  fail(error: unknown): void {
    this.#finish()?.reject(this.#sourceError?.error ?? error);
  }

  #takeData({ channel: from, end, payload }: Frame): void {
    const size = payload.length;
    this.#received += size;
    this.#window -= size;
    if (this.#window < 0) throw violation("more data than the window allows");
    if (from > channel.stderr) throw violation("an unknown channel");
    if (this.#dataEnded) throw violation("data after its end");
    this.#dataEnded = end;
    // An abandoned call grants nothing more, so that the guest stops by itself.
    if (this.#settle === undefined) return;
    const { maxData, onData, queue } = this.#request;
    if (this.#received > maxData) throw violation(`more than ${maxData} bytes of data`);
    if (queue !== undefined) {
      queue.push(payload);
      if (end) queue.end();
    } else if (size > 0) {
      onData?.(from, payload);
      this.#consume(size);
    }
  }

  #consume(size: number): void {
    if (this.#settle === undefined) return;
    this.#progress();
    this.#consumed += size;
    if (this.#consumed < grantStep) return;
    const grant = Buffer.alloc(4);
    grant.writeUInt32BE(this.#consumed, 0);
    this.#window += this.#consumed;
    this.#consumed = 0;
    this.#transport.send({ type: frameType.window, stream: this.#stream, payload: grant });
  }

  #takeReply(payload: Uint8Array): void {
    const answer = parsePayload(reply, payload, "a reply");
    if ("error" in answer) {
      this.fail(new MicroVMError(answer.error.code, answer.error.message));
      return;
    }
    const { op } = this.#request;
    // The map from op to schema is total, but TypeScript cannot follow an indexed generic through it.
    const schema = results[op] as unknown as import("zod").ZodType<ResultOf<O>>;
    const result = parseValue(schema, answer.ok, `the reply to "${op}"`);
    this.#finish()?.resolve(result);
  }

  #progress(): void {
    if (this.#request.idleMs !== undefined) this.#timer?.refresh();
  }

  #onTime(allowedMs: number): void {
    const { idleMs, op, queue } = this.#request;
    const isOurTurn = this.#body.isAsking || (queue?.size ?? 0) > 0;
    if (idleMs !== undefined && isOurTurn) {
      this.#timer?.refresh();
      return;
    }
    this.#cancel();
    const text = `The VM did not answer "${op}" within ${allowedMs / 1_000} s; try again with more time.`;
    this.fail(new MicroVMError("timed_out", text));
  }

  /** A source that fails leaves half a body in the guest: the operation is ended there, and the caller told once it is. */
  #onSourceError(error: unknown): void {
    if (this.#settle === undefined) return;
    this.#sourceError = { error };
    this.#cancel();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(error), cancelGraceMs);
  }

  #abort = (): void => {
    if (this.#settle === undefined) return;
    this.#cancel();
    clearTimeout(this.#timer);
    const giveUp = () => this.fail(new MicroVMError("cancelled", `"${this.#request.op}" was cancelled.`));
    if (this.#stream === undefined || this.#request.isFollower) giveUp();
    else this.#timer = setTimeout(giveUp, cancelGraceMs);
  };

  #cancel(): void {
    if (this.#stream === undefined || this.#request.isFollower) return;
    try {
      this.#transport.send({ type: frameType.cancel, stream: this.#stream });
    } catch (error) {
      // A connection that is gone has cancelled what it could; anything else is a fault of ours.
      if (!isMicroVMError(error, "connection_lost", "protocol_violation")) throw error;
    }
  }

  #finish(): { resolve: (value: ResultOf<O>) => void; reject: (error: unknown) => void } | undefined {
    const settle = this.#settle;
    this.#settle = undefined;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#abort);
    this.#body.stop();
    return settle;
  }
}
