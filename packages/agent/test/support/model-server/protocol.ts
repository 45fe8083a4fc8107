import type { ModelRefusal, ModelReply, ModelRequest } from "./brain.js";

/** An event of a stream: its name, where the protocol has names, and its data. */
export interface StreamEvent {
  readonly event?: string;
  readonly data: string;
}

/** How one provider's interface says what a {@link ModelReply} holds. */
export interface Protocol {
  /** Paths that questions are posted to. */
  readonly path: RegExp;
  /** How the events of a stream are written; default: as server-sent events. */
  readonly framing?: "lines";
  /** The variables by which the provider finds the server, and the class of its models. */
  variables(url: string): Readonly<Record<string, string>>;
  /** @param path where it was posted, which may say the model */
  parse(body: unknown, path: string): Omit<ModelRequest, "number" | "key" | "body">;
  whole(reply: ModelReply, id: string): unknown;
  stream(reply: ModelReply, id: string): Generator<StreamEvent>;
  refusal(refusal: ModelRefusal): unknown;
  /** A failure after the stream has begun. */
  refusalEvent(refusal: ModelRefusal): StreamEvent;
}
