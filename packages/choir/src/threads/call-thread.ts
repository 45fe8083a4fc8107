import { Worker } from "node:worker_threads";
import { ChoirError, type ChoirErrorCode } from "../errors.js";

/** The names of an object's methods. */
export type MethodOf<T> = {
  [Name in keyof T]: T[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof T];

export interface Call {
  id: number;
  method: PropertyKey;
  args: unknown[];
}

export type Answer = { id: number; value: unknown } | { id: number; error: { code: ChoirErrorCode; message: string } };

interface Waiter {
  resolve: (value: unknown) => void;
  reject: (error: ChoirError) => void;
  timer: NodeJS.Timeout;
}

interface Parts {
  /** The compiled worker, which ends with {@link serve}. */
  file: URL;
  /** What it is for a person: "The knowledge base". */
  name: string;
  /** Methods that may take minutes. */
  slow: readonly PropertyKey[];
  /** Until any other one has answered; half a minute unless told otherwise. */
  quickMs?: number;
  /** MiB of stack; 4 unless told otherwise. */
  stackMb?: number;
  /** MiB of heap, beyond which the thread ends; as much as V8 finds right unless told otherwise. */
  memoryMb?: number;
}

/** A long article in a large corpus, or the check of a large file, takes minutes at worst; a question takes moments. */
const SLOW_MS = 10 * 60_000;
const QUICK_MS = 30_000;

/** An object with a method `close` in a thread of its own, so that no call of it holds up the process that asks. */
export abstract class CallThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #slow: ReadonlySet<PropertyKey>;
  readonly #quickMs: number;
  readonly #waiters = new Map<number, Waiter>();
  #next = 1;
  #stopped: ChoirError | undefined;

  constructor({ file, name, slow, quickMs = QUICK_MS, stackMb, memoryMb }: Parts) {
    this.#worker = new Worker(file, { resourceLimits: { stackSizeMb: stackMb, maxOldGenerationSizeMb: memoryMb } });
    this.#name = name;
    this.#slow = new Set(slow);
    this.#quickMs = quickMs;
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#end(`it failed: ${error.message}`, error));
    this.#worker.on("exit", (code) => this.#end(`it ended with code ${code}`));
    // Only a call under way keeps the process alive.
    this.#worker.unref();
  }

  /** @throws ChoirError of the method, `timeout`, or `index_stopped` if the thread is gone. */
  protected send(method: PropertyKey, args: unknown[]): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#next++;
    const deadline = this.#slow.has(method) ? SLOW_MS : this.#quickMs;
    const answer = new Promise<unknown>((resolve, reject) => {
      const late = () => {
        this.#waiters.delete(id);
        const what = `${this.#name} did not answer (${String(method)}) in ${deadline / 1000} s: try again.`;
        reject(new ChoirError("timeout", what));
      };
      this.#waiters.set(id, { resolve, reject, timer: setTimeout(late, deadline) });
    });
    this.#worker.postMessage({ id, method, args } satisfies Call);
    return answer;
  }

  /** Closes the file after the call under way. Any number of calls. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stopped) await this.send("close", []).catch(ignoreStopped);
    await this.#worker.terminate();
  }

  /** Ends the thread at once, whatever it is at. Any number of calls. */
  async abandon(): Promise<void> {
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
    this.#stopped ??= new ChoirError("index_stopped", `${this.#name}'s thread is gone (${why}): try again.`, { cause });
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
