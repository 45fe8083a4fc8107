import { isMicroVMError, MicroVMError } from "../errors.js";
import { channel, type Frame, frameType, maxPayload, violation } from "../wire/frame.js";
import { type Op, parsePayload, parseValue, type ResultOf, reply, results } from "../wire/messages.js";

/** What one call asks of the guest. */
export interface CallRequest<O extends Op = Op> {
  op: O;
  args: Record<string, import("../wire/cbor.js").CborValue | undefined>;
  /** The operation id under which the guest's journal keeps the outcome. */
  id?: string;
  /** Sent as DATA up to END; absent or empty: the CALL itself says END. */
  body?: Uint8Array;
  /** Most DATA bytes the guest may send before it counts as broken. */
  maxData: number;
  onData?: (channel: number, bytes: Uint8Array) => void;
  /** The call fails with `timed_out` and is cancelled in the guest after this time. */
  deadlineMs: number;
  /** Cancels the operation in the guest; its outcome is still awaited for a moment. */
  signal?: AbortSignal;
}

/** What a call needs of its connection. */
export interface CallTransport {
  send(frame: Omit<Partial<Frame>, "type"> & { type: Frame["type"] }): void;
  /** Resolves when the socket takes more. */
  drained(): Promise<void>;
}

const initialWindow = 1_048_576;
/** Grant once this much was consumed: rarely enough to be cheap, often enough that the sender never waits. */
const grantStep = 262_144;
const maxWindow = 2 ** 31 - 1;
const chunkBytes = 65_536;
/** How long a cancelled operation may take to answer. */
const cancelGraceMs = 5_000;

/** One stream of a connection, from CALL to REPLY. */
export class Call<O extends Op = Op> {
  readonly done: Promise<ResultOf<O>>;
  readonly #request: CallRequest<O>;
  readonly #stream: number;
  readonly #transport: CallTransport;
  #settle: { resolve: (value: ResultOf<O>) => void; reject: (error: unknown) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #received = 0;
  #consumed = 0;
  #receiveWindow = initialWindow;
  #sendWindow = initialWindow;
  #windowOpened: (() => void) | undefined;

  constructor(request: CallRequest<O>, stream: number, transport: CallTransport) {
    this.#request = request;
    this.#stream = stream;
    this.#transport = transport;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Starts the deadline and the sending of the body; the CALL frame has been sent. */
  start(): void {
    const { deadlineMs, op, signal, body } = this.#request;
    this.#timer = setTimeout(() => {
      this.#cancel();
      this.fail(
        new MicroVMError(
          "timed_out",
          `The VM did not answer "${op}" within ${Math.round(deadlineMs / 1000)} s; try again with more time.`,
        ),
      );
    }, deadlineMs);
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener("abort", this.#abort, { once: true });
    if (body !== undefined && body.length > 0) this.#sendBody(body).catch((error: unknown) => this.fail(error));
  }

  /** Takes a frame of this stream; true if it was the last one. Throws when the guest breaks the rules. */
  take(frame: Frame): boolean {
    if (frame.type === frameType.window) {
      this.#sendWindow += Buffer.from(frame.payload).readUInt32BE(0);
      if (this.#sendWindow > maxWindow) throw violation("a window past any use");
      this.#windowOpened?.();
      return false;
    }
    if (frame.type === frameType.data) {
      this.#takeData(frame);
      return false;
    }
    if (frame.type !== frameType.reply) throw violation(`type ${frame.type} from a guest`);
    this.#takeReply(frame.payload);
    return true;
  }

  /** Ends the call on this side. A REPLY that comes later is read and dropped. */
  fail(error: unknown): void {
    const settle = this.#finish();
    settle?.reject(error);
  }

  #takeData(frame: Frame): void {
    const size = frame.payload.length;
    this.#received += size;
    this.#receiveWindow -= size;
    if (this.#receiveWindow < 0) throw violation("more data than the window allows");
    if (frame.channel > channel.stderr) throw violation("an unknown channel");
    // An abandoned call grants nothing more, so that the guest stops by itself.
    if (this.#settle === undefined) return;
    if (this.#received > this.#request.maxData) throw violation(`more than ${this.#request.maxData} bytes of data`);
    this.#request.onData?.(frame.channel, frame.payload);
    this.#consumed += size;
    if (this.#consumed < grantStep) return;
    const grant = Buffer.alloc(4);
    grant.writeUInt32BE(this.#consumed, 0);
    this.#receiveWindow += this.#consumed;
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

  async #sendBody(body: Uint8Array): Promise<void> {
    let sent = 0;
    do {
      while (this.#sendWindow === 0 && this.#settle)
        await new Promise<void>((resolve) => {
          this.#windowOpened = resolve;
        });
      await this.#transport.drained();
      if (this.#settle === undefined) return;
      const size = Math.min(body.length - sent, this.#sendWindow, chunkBytes, maxPayload);
      const payload = body.subarray(sent, sent + size);
      sent += size;
      this.#sendWindow -= size;
      this.#transport.send({ type: frameType.data, stream: this.#stream, payload, end: sent === body.length });
    } while (sent < body.length);
  }

  #abort = (): void => {
    if (this.#settle === undefined) return;
    this.#cancel();
    clearTimeout(this.#timer);
    const { op } = this.#request;
    this.#timer = setTimeout(() => this.fail(new MicroVMError("cancelled", `"${op}" was cancelled.`)), cancelGraceMs);
  };

  #cancel(): void {
    try {
      this.#transport.send({ type: frameType.cancel, stream: this.#stream });
    } catch (error) {
      // A connection that is gone has cancelled what it could; anything else is a fault of ours.
      if (!isMicroVMError(error, "connection_lost")) throw error;
    }
  }

  #finish(): { resolve: (value: ResultOf<O>) => void; reject: (error: unknown) => void } | undefined {
    const settle = this.#settle;
    this.#settle = undefined;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#abort);
    this.#windowOpened?.();
    return settle;
  }
}
