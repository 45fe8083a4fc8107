import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { SpanKind } from "@opentelemetry/api";
import type { RunObserver } from "./observer.js";
import { inSpan } from "./span.js";

/** Lets a checkpointer tell how long its calls take, here and in traces. It is changed in place, and is still what it was. */
export function observeSaver<S extends BaseCheckpointSaver>(saver: S, observer: RunObserver): S {
  const [put, putWrites, getTuple] = [saver.put.bind(saver), saver.putWrites.bind(saver), saver.getTuple.bind(saver)];
  saver.put = (...args) => measured("put", observer, () => put(...args));
  saver.putWrites = (...args) => measured("put_writes", observer, () => putWrites(...args));
  saver.getTuple = (...args) => measured("get", observer, () => getTuple(...args));
  return saver;
}

async function measured<T>(
  operation: "put" | "put_writes" | "get",
  observer: RunObserver,
  call: () => Promise<T>,
): Promise<T> {
  const attributes = { "db.system.name": "nats", "db.operation.name": operation };
  return await inSpan({ name: `checkpoint ${operation}`, kind: SpanKind.CLIENT, attributes }, async () => {
    const started = performance.now();
    let ok = false;
    try {
      const result = await call();
      ok = true;
      return result;
    } finally {
      observer.checkpointed?.({ operation, ok, seconds: (performance.now() - started) / 1000 });
    }
  });
}
