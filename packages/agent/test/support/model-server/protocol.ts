import type { ModelRefusal, ModelReply, ModelRequest } from "./brain.js";

/** An event of a stream: its name, where the protocol has names, and its data. */
export interface StreamEvent {
  readonly event?: string;
  readonly data: string;
}

/** How one provider's interface says what a {@link ModelReply} holds. */
export interface Protocol {
  /** Where questions are posted. */
  readonly path: string;
  /** The variables by which the provider finds the server, and the class of its models. */
  variables(url: string): Readonly<Record<string, string>>;
  parse(body: unknown): Omit<ModelRequest, "number" | "key" | "body">;
  whole(reply: ModelReply, id: string): unknown;
  stream(reply: ModelReply, id: string): Generator<StreamEvent>;
  refusal(refusal: ModelRefusal): unknown;
  /** A failure after the stream has begun. */
  refusalEvent(refusal: ModelRefusal): StreamEvent;
}
