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
