import type { Publication } from "../articles/article.js";
import type { Chunk } from "../text/chunk.js";

/** A citation as it stands in the stream. */
export interface CitationChange {
  kind: "citation";
  citing: string;
  cited: string;
  context: string;
}

export interface PublicationChange {
  kind: "publication";
  publication: Publication;
  markdown: string;
  chunks: Chunk[];
  /** The chunks' vectors, one after the other; a vector of zeros stands for a chunk without words. */
  vectors: Int8Array;
}

/** An effect that cannot be applied, ever: kept with its reason, so that it holds up nothing and is not hidden. */
export interface RejectedChange {
  kind: "rejected";
  reason: string;
}

/** One effect of the stream, made ready for the file. */
export interface StoreChange {
  seq: number;
  subject: string;
  key: string;
  /** When the stream stored it, ISO 8601. */
  time: string;
  change: PublicationChange | CitationChange | RejectedChange;
}

/** The last effect a file has seen; it tells whether the file belongs to this stream. */
export type StorePosition = Pick<StoreChange, "seq" | "subject" | "key" | "time">;
