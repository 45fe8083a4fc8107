import type { Socket } from "node:net";
import { encodeFrame, type Frame } from "../wire/frame.js";

export type OutgoingFrame = Omit<Partial<Frame>, "type"> & { type: Frame["type"] };

/** Payloads below this are copied next to their header: cheaper than three pieces. */
const copyBelow = 4_096;

/** Writes frames to a socket, and tells when it takes more. */
export class FrameWriter {
  readonly #socket: Socket;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("drain", () => this.release());
  }

  /** True while the socket holds more than it should: whoever has much to send waits for `drained`. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  send(frame: OutgoingFrame, tag: number): void {
    const [header, payload, trailer] = encodeFrame(frame, tag);
    if (payload.length < copyBelow) {
      this.#socket.write(Buffer.concat([header, payload, trailer]));
      return;
    }
    this.#socket.cork();
    this.#socket.write(header);
    this.#socket.write(payload);
    this.#socket.write(trailer);
    this.#socket.uncork();
  }

  /** Resolves when the socket takes more, or never will. */
  drained(): Promise<void> {
    if (!this.isFull || this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets all who wait go on. */
  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
