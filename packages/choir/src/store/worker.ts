import { parentPort } from "node:worker_threads";
import { ChoirError } from "../errors.js";
import { isCorruption } from "./schema.js";
import { Store } from "./store.js";
import type { Answer, Call } from "./thread.js";

/** The thread that holds the SQLite file: takes calls in order, answers each one. */
const store = new Store();

parentPort?.on("message", ({ id, method, args }: Call) => {
  parentPort?.postMessage(answer(id, () => (store[method] as (...args: unknown[]) => unknown).apply(store, args)));
});

function answer(id: number, work: () => unknown): Answer {
  try {
    return { id, value: work() };
  } catch (error) {
    if (error instanceof ChoirError) return { id, error: { code: error.code, message: error.message } };
    const why = error instanceof Error ? error.message : String(error);
    return isCorruption(error)
      ? { id, error: { code: "index_corrupt", message: `The knowledge base's file is damaged (${why}): rebuild it.` } }
      : { id, error: { code: "index_failed", message: `The knowledge base's file failed: ${why}.` } };
  }
}
