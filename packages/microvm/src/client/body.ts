import { violation } from "../wire/frame.js";

/** Bytes, or a source made anew for each sending, which is asked for more only as the guest takes what it gave. */
export type Body = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** Bytes of DATA that either side may send before the other has granted more. */
export const initialWindow = 1_048_576;
const maxWindow = 2 ** 31 - 1;
const chunkBytes = 65_536;

/** How a body leaves: one DATA frame, and the wait until the socket takes another. */
export interface BodyTransport {
  sendData(payload: Uint8Array, end: boolean): void;
  drained(): Promise<void>;
}

/** Sends the body of one call, within what the guest allows and the socket takes. */
export class BodySender {
  readonly #body: Body;
  readonly #transport: BodyTransport;
  #window = initialWindow;
  #isStopped = false;
  #isAsking = false;
  #wake: (() => void) | undefined;

  constructor(body: Body | undefined, transport: BodyTransport) {
    this.#body = body ?? new Uint8Array(0);
    this.#transport = transport;
  }

  /** True if there is nothing to send: the CALL itself says END then. */
  get isEmpty(): boolean {
    return this.#body instanceof Uint8Array && this.#body.length === 0;
  }

  /** True while the source is asked for its next bytes: then the guest keeps nobody waiting. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** The guest takes so many bytes more. Throws MicroVMError `protocol_violation`. */
  grant(size: number): void {
    this.#window += size;
    if (this.#window > maxWindow) throw violation("a window past any use");
    this.#wake?.();
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /** Resolves when END was sent, or after `stop`. Throws what the source throws. */
  async send(): Promise<void> {
    if (this.#body instanceof Uint8Array) return this.#sendPart(this.#body, true);
    const source = this.#body()[Symbol.asyncIterator]();
    let isOver = false;
    try {
      while (!this.#isStopped) {
        const next = await this.#ask(source).catch((error: unknown) => {
          isOver = true;
          throw error;
        });
        if (next === undefined) return;
        isOver = next.done === true;
        await this.#sendPart(next.done ? new Uint8Array(0) : next.value, isOver);
        if (isOver) return;
      }
    } finally {
      // A source that is left in the middle gives up what it holds, such as an open file.
      if (!isOver) await source.return?.();
    }
  }

  /** Undefined if the sending was stopped meanwhile: a source may take for ever, and is not waited for then. */
  async #ask(source: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array> | undefined> {
    this.#isAsking = true;
    try {
      return await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
        this.#wake = () => this.#isStopped && resolve(undefined);
        source.next().then(resolve, reject);
      });
    } finally {
      this.#isAsking = false;
      this.#wake = undefined;
    }
  }

  async #sendPart(bytes: Uint8Array, isLast: boolean): Promise<void> {
    let sent = 0;
    if (bytes.length === 0 && !isLast) return;
    do {
      while (this.#window === 0 && bytes.length > 0 && !this.#isStopped)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      this.#wake = undefined;
      await this.#transport.drained();
      if (this.#isStopped) return;
      const size = Math.min(bytes.length - sent, this.#window, chunkBytes);
      const payload = bytes.subarray(sent, sent + size);
      sent += size;
      this.#window -= size;
      this.#transport.sendData(payload, isLast && sent === bytes.length);
    } while (sent < bytes.length);
  }
}
