import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What one job may take. */
export interface Limits {
  seconds: number;
  /** MiB of heap. */
  memory: number;
}

/** Threads that are kept although they have nothing to do: to start one costs several times what a usual job does. */
const MOST_KEPT = 2;
/** Jobs at once; the next ones wait for their turn, and their time counts from it. */
const MOST_AT_ONCE = 4;

/** Threads of one program that does a job for each message and answers with one; they end with the process. */
export class Threads<Job, Answer> {
  readonly #program: URL;
  readonly #limits: Limits;
  readonly #kept: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(program: URL, limits: Limits) {
    this.#program = program;
    this.#limits = limits;
  }

  /** @throws an AbortError after the job's time, and whatever ends a thread: too little memory for it, above all, or that it was killed */
  async do(job: Job, seconds = this.#limits.seconds): Promise<Answer> {
    if (this.#busy >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy++;
    const worker = this.#kept.pop() ?? this.#start();
    worker.ref();
    try {
      worker.postMessage(job);
      const answer = await answerOf<Answer>(worker, seconds);
      this.#keep(worker);
      return answer;
    } catch (error) {
      await worker.terminate();
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { resourceLimits: { maxOldGenerationSizeMb: this.#limits.memory } });
    // One that dies while it is kept is of no use any more, and no failure of anybody.
    worker.on("error", () => this.#drop(worker));
    worker.on("exit", () => this.#drop(worker));
    return worker;
  }

  #keep(worker: Worker): void {
    if (this.#kept.length >= MOST_KEPT) return void worker.terminate();
    worker.unref();
    this.#kept.push(worker);
  }

  #drop(worker: Worker): void {
    const at = this.#kept.indexOf(worker);
    if (at >= 0) this.#kept.splice(at, 1);
  }
}

/** What a thread says next. One that ends without a word says nothing for ever, which is told at once. */
async function answerOf<Answer>(worker: Worker, seconds: number): Promise<Answer> {
  const settled = new AbortController();
  const signal = AbortSignal.any([settled.signal, AbortSignal.timeout(seconds * 1_000)]);
  try {
    const answer = once(worker, "message", { signal }).then(([message]) => message as Answer);
    const end = once(worker, "exit", { signal }).then(([code]): never => {
      throw new Error(`its thread has ended with ${code}`);
    });
    return await Promise.race([answer, end]);
  } finally {
    settled.abort();
  }
}
