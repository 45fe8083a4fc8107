import { MicroVMError } from "../errors.js";

/** Who works with one VM, and what that forbids and postpones. */
export class Use {
  /** Somebody in this process works with the VM: it is not restarted under them for another template. */
  isLent = false;
  #calls = 0;
  #secrets = 0;
  #last = Date.now();
  readonly #waiting = new Set<() => void>();

  get isBusy(): boolean {
    return this.#calls > 0;
  }

  /** True while a call is under way that carries a secret: it is sent again to a VM that is restarted meanwhile. */
  get hasSecret(): boolean {
    return this.#secrets > 0;
  }

  /** Milliseconds since anybody called the VM; 0 while somebody does. */
  get idleMs(): number {
    return this.isBusy ? 0 : Date.now() - this.#last;
  }

  touch(): void {
    this.#last = Date.now();
  }

  /** Counts `step` as a call of somebody: until it is over, the VM is not idle. */
  async during<T>(step: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await step();
    } finally {
      this.#calls -= 1;
      this.touch();
    }
  }

  holdSecret(): Disposable {
    this.#secrets += 1;
    return {
      [Symbol.dispose]: () => {
        this.#secrets -= 1;
      },
    };
  }

  /** Resolves at the next `wake`. Throws MicroVMError `cancelled` when `signal` says so before. */
  async resumed(signal?: AbortSignal): Promise<void> {
    let wake: (() => void) | undefined;
    try {
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.#waiting.add(resolve);
        signal?.addEventListener("abort", resolve as () => void, { once: true });
        if (signal?.aborted) resolve();
      });
    } finally {
      if (wake !== undefined) {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
      }
    }
    if (!signal?.aborted) return;
    throw new MicroVMError(
      "cancelled",
      "The call was given up; what it began goes on when the suspended VM is resumed.",
    );
  }

  /** Lets the calls that wait for a suspended VM look again. */
  wake(): void {
    for (const resume of [...this.#waiting]) resume();
  }
}
