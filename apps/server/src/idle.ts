/** Knows whether anybody needs the owner process, and says when nobody has for a while. */
export class IdleTimer implements Disposable {
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(idleMs: number, onIdle: () => void) {
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
    this.#arm();
  }

  /** Holds the process until the returned handle is disposed: one for each client's request or stream and each active run. */
  hold(): Disposable {
    this.#holders += 1;
    clearTimeout(this.#timer);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holders -= 1;
        if (this.#holders === 0) this.#arm();
      },
    };
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onIdle, this.#idleMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#holders = Number.POSITIVE_INFINITY;
  }
}
