/** A tool call as a model asks for it. With text for `args` it is sent as it is, be it JSON or not. */
export interface ServedCall {
  readonly id?: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> | string;
}

/** A message of a question, whichever protocol it came by. */
export interface ServedMessage {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
  readonly calls: readonly ServedCall[];
  /** The call that a tool answers. */
  readonly callId?: string;
}

/** One question to the model. */
export interface ModelRequest {
  /** Counts all questions, from 1. */
  readonly number: number;
  readonly model: string;
  readonly system: string;
  readonly messages: readonly ServedMessage[];
  /** Names of the tools that it may call. */
  readonly tools: readonly string[];
  readonly stream: boolean;
  readonly key: string | undefined;
  /** As it came. */
  readonly body: string;
}

/** How the model answers. */
export interface ModelReply {
  readonly text?: string;
  readonly calls?: readonly ServedCall[];
  /** Why it ends, in the protocol's words; default: by what it holds. */
  readonly reason?: string;
  readonly usage?: { readonly input: number; readonly output: number; readonly cacheRead?: number };
  /** Milliseconds before the first byte, and between two pieces of a stream. */
  readonly delayMs?: number;
  readonly pieceMs?: number;
  /** The stream ends after so many events: with the connection, or, `cleanly`, as if that were all; `silent` neither ends nor goes on. */
  readonly cut?: { readonly after: number; readonly how: "connection" | "cleanly" | "silent" };
  /** The text is said again and again until nobody listens. */
  readonly endless?: boolean;
}

/** A failure, as the protocol tells it. */
export interface ModelRefusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Seconds. */
  readonly retryAfter?: number;
  /** The limit that was reached, where the protocol names it. */
  readonly quota?: string;
  /** Inside of a stream that has begun. */
  readonly inStream?: boolean;
}

/** What decides the answers. */
export type Brain = (request: ModelRequest) => ModelReply | ModelRefusal | Promise<ModelReply | ModelRefusal>;

export function isRefusal(reply: ModelReply | ModelRefusal): reply is ModelRefusal {
  return "status" in reply;
}

/** A text, or the arguments of a call, in the pieces in which models write. */
export function piecesOf(text: string, size = 8): string[] {
  // A long one in pieces that are not too many.
  const length = Math.max(size, Math.ceil(text.length / 200));
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
  return pieces;
}

export function argumentsOf({ args }: ServedCall): string {
  return typeof args === "string" ? args : JSON.stringify(args);
}

/** About as many tokens as a text has. */
export function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}
