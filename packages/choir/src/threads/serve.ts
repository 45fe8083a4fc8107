import { parentPort } from "node:worker_threads";
import { ChoirError } from "../errors.js";
import { isCorruption } from "../store/schema.js";
import type { Answer, Call } from "./call-thread.js";

/** Answers the calls that a thread is sent, in order, each with the method of `target` that it names. */
export function serve(target: object, name: string): void {
  parentPort?.on("message", ({ id, method, args }: Call) => {
    const given = answer(id, name, () => Reflect.get(target, method).apply(target, args));
    const send = (settled: Answer) => parentPort?.postMessage(settled);
    // What can be said at once is said at once: answers of a method that does not wait keep their order.
    if (!("value" in given && given.value instanceof Promise)) send(given);
    else
      given.value
        .then(
          (value: unknown) => ({ id, value }),
          (error) => failure(id, name, error),
        )
        .then(send);
  });
}

function answer(id: number, name: string, work: () => unknown): Answer {
  try {
    return { id, value: work() };
  } catch (error) {
    return failure(id, name, error);
  }
}

function failure(id: number, name: string, error: unknown): Answer {
  if (error instanceof ChoirError) return { id, error: { code: error.code, message: error.message } };
  const why = error instanceof Error ? error.message : String(error);
  return isCorruption(error)
    ? { id, error: { code: "index_corrupt", message: `${name}'s file is damaged (${why}): rebuild it.` } }
    : { id, error: { code: "index_failed", message: `${name}'s file failed: ${why}.` } };
}
