import type { JsMsg } from "@nats-io/jetstream";

export interface StreamReading {
  stream: string;
  /** Subjects with wildcards; messages come in the order of the stream, whatever their subject. */
  subjects: readonly string[];
  /** The first sequence to read; messages before it are skipped. */
  from: number;
  /** `true`: wait for what is yet to come, for ever. `false`: end with what is there now. */
  live: boolean;
  /** Messages that are asked for ahead of the reader. Default 256; few where they are large. */
  ahead?: number;
  signal?: AbortSignal;
}

/** A message that was read from a stream. */
export type ReadMessage = Pick<JsMsg, "seq" | "subject" | "data" | "time" | "headers" | "string" | "json">;
