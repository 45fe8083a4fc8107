import type { Link } from "../link/link.js";

/** A message as it lies in a stream. */
export interface StreamMessage {
  readonly seq: number;
  readonly subject: string;
  readonly time: Date;
  json(): unknown;
}

/** A stream whose messages a {@link Projection} can read, for instance an `EffectStream`. */
export interface Projectable<T> {
  /** Of the stream. */
  readonly name: string;
  /** How it is reached, if not as the projection's own streams are. */
  readonly link?: Link;
  /** The subjects of some kinds of its messages, by default of all, as the server filters by them. */
  filters(kinds?: readonly string[]): readonly string[];
  /** Throws for a message that cannot be read, now or ever: it becomes a dead letter at once. */
  parse(message: StreamMessage): T;
}

/** What is made of the messages of a stream, and where the position in it is kept. */
export interface ProjectionHandler<T> {
  /**
   * Letters, digits, `-` and `_`. It names one place where a position is kept: two databases need two names, two
   * processes that share a position on the server share one.
   */
  name: string;
  /** Only messages of these kinds; by default all of the stream. */
  kinds?: readonly string[];
  /**
   * Sequence of the last message that was applied, 0 for none, if the projection keeps it itself: written in the same
   * transaction as what the message changes, each message is applied once. Without it the server keeps the position
   * (a durable consumer of this name, acknowledged twice): a crash between `apply` and the acknowledgement applies the
   * message again, so `apply` must recognise what it has done.
   */
  position?: number;
  /**
   * Applies one message. Called in order, one at a time, and again with the same message if it throws. `late`: the
   * message was a dead letter and comes again after others that stand behind it in the stream; it may have been applied.
   */
  apply(value: T, o: { late: boolean }): void | Promise<void>;
  /**
   * Told of messages that are soon to be applied, in their order, so that what they need can be made ready while others are applied. Of a
   * projection with a `position` of its own; the same message may be told of again, and be applied without.
   */
  ahead?: (value: T) => void;
  /**
   * True for errors that no message is to blame for (the database is away): the projection waits as long as they last.
   * NATS that does not answer, and a full disk, are known.
   */
  waitsFor?: (error: unknown) => boolean;
  /** Failed tries after which a message becomes a dead letter; default 6, about 15 s. */
  tries?: number;
  /** Told about each failed try; `letter` is the id of the dead letter that the message has become. */
  onError?: (error: unknown, o: { seq: number; tries: number; letter?: string }) => void;
}
