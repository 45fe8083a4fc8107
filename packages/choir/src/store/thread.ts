import { Worker } from "node:worker_threads";
import { ChoirError, type ChoirErrorCode } from "../errors.js";
import type { Store } from "./store.js";

type Method = {
  [Name in keyof Store]: Store[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Store];

export interface Call {
  id: number;
  method: Method;
  args: unknown[];
}

export type Answer = { id: number; value: unknown } | { id: number; error: { code: ChoirErrorCode; message: string } };

interface Waiter {
  resolve: (value: unknown) => void;
  reject: (error: ChoirError) => void;
  timer: NodeJS.Timeout;
}

/** A long article in a large corpus, or the check of a large file, takes minutes at worst; a question takes moments. */
const SLOW_MS = 10 * 60_000;
const QUICK_MS = 30_000;
const SLOW: ReadonlySet<Method> = new Set(["open", "apply", "exportHash", "explain", "assess"]);

/** {@link Store} in a thread of its own, so that no query holds up the process that asks. */
export class StoreThread implements AsyncDisposable {
  readonly #worker = new Worker(workerFile());
  readonly #waiters = new Map<number, Waiter>();
  #next = 1;
  #stopped: ChoirError | undefined;

  constructor() {
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#end(`it failed: ${error.message}`, error));
    this.#worker.on("exit", (code) => this.#end(`it ended with code ${code}`));
    // Only a call under way keeps the process alive.
    this.#worker.unref();
  }

  /** @throws ChoirError of the method, `timeout`, or `index_stopped` if the thread is gone. */
  call<Name extends Method>(method: Name, ...args: Parameters<Store[Name]>): Promise<ReturnType<Store[Name]>> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#next++;
    const deadline = SLOW.has(method) ? SLOW_MS : QUICK_MS;
    const answer = new Promise<unknown>((resolve, reject) => {
      const late = () => {
        this.#waiters.delete(id);
        reject(
          new ChoirError(
            "timeout",
            `The knowledge base did not answer (${method}) in ${deadline / 1000} s: try again.`,
          ),
        );
      };
      this.#waiters.set(id, { resolve, reject, timer: setTimeout(late, deadline) });
    });
    this.#worker.postMessage({ id, method, args } satisfies Call);
    return answer as Promise<ReturnType<Store[Name]>>;
  }

  /** Closes the file after the call under way. Any number of calls. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stopped) await this.call("close").catch(ignoreStopped);
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const waiter = this.#waiters.get(answer.id);
    if (!waiter) return;
    this.#waiters.delete(answer.id);
    clearTimeout(waiter.timer);
    if ("error" in answer) waiter.reject(new ChoirError(answer.error.code, answer.error.message));
    else waiter.resolve(answer.value);
  }

  #end(why: string, cause?: unknown): void {
    this.#stopped ??= new ChoirError("index_stopped", `The knowledge base's thread is gone (${why}): try again.`, {
      cause,
    });
    for (const { reject, timer } of this.#waiters.values()) {
      clearTimeout(timer);
      reject(this.#stopped);
    }
    this.#waiters.clear();
  }
}

function ignoreStopped(error: unknown): void {
  if (!(error instanceof ChoirError && error.code === "index_stopped")) throw error;
}

/** The compiled worker: beside this file, or in dist/ when this file runs from its sources, as in the tests. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith(".ts") ? new URL("../../dist/store/worker.js", here) : new URL("./worker.js", here);
}
