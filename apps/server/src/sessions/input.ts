import { ServerError } from "../errors.js";
import { INPUT_WINDOW } from "./frames.js";

/** A program's input on its way from the client: at most INPUT_WINDOW bytes wait here, more is the client's fault. */
export class Input implements AsyncIterable<Uint8Array> {
  readonly #onUsed: (bytes: number) => void;
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #hasEnded = false;
  #isTaken = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  /** `onUsed` is told of bytes that have been taken: the client may send as many more. */
  constructor(onUsed: (bytes: number) => void) {
    this.#onUsed = onUsed;
  }

  /** Throws ServerError bad_request past the window. */
  push(bytes: Uint8Array): void {
    if (this.#hasEnded || bytes.length === 0) return;
    this.#waiting += bytes.length;
    if (this.#waiting > INPUT_WINDOW) throw new ServerError("bad_request", "More input was sent than was asked for.");
    this.#chunks.push(bytes);
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** Whoever reads gets `error`: the client has gone. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Once: what the VM has been given is not kept. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#isTaken) {
      const text = "The connection to the VM broke while it took its input; run the command again.";
      throw new ServerError("connection_lost", text);
    }
    this.#isTaken = true;
    for (;;) {
      if (this.#failure) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#waiting -= chunk.length;
        this.#onUsed(chunk.length);
        yield chunk;
      } else if (this.#hasEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
