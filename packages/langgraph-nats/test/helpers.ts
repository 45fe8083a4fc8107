import type { CheckpointMetadata } from "@langchain/langgraph-checkpoint";

export function threadConfig(thread: string) {
  return { configurable: { thread_id: thread, checkpoint_ns: "" } };
}

export function metadata(step: number, more: Record<string, unknown> = {}): CheckpointMetadata {
  return { source: "loop", step, parents: {}, ...more };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** So much text that does not pack. */
export function noise(length: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(Math.min(length, 60_000))))
    .toString("base64")
    .repeat(Math.ceil(length / 60_000))
    .slice(0, length);
}
