import type { Citation } from "../citations/citation.js";
import type { PublicationEffect, RetractionEffect, SigningEffect } from "../stream.js";
import type { Chunk } from "../text/chunk.js";

/** A citation as it stands in the stream; its signature was checked. */
export interface CitationChange extends Citation {
  kind: "citation";
}

/** A text made ready for the file. */
export interface Draft {
  markdown: string;
  chunks: Chunk[];
  /** The chunks' vectors, one after the other; a vector of zeros stands for a chunk without words. */
  vectors: Int8Array;
}

/** A version of an article, the first or the next; its signature, if it has one, was checked. */
export interface PublicationChange extends PublicationEffect, Draft {}

/** The author's word that an article stands no more; its signature was checked. */
export type RetractionChange = RetractionEffect;

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
  change: PublicationChange | RetractionChange | SigningEffect | CitationChange | RejectedChange;
}

/** The last effect a file has seen; it tells whether the file belongs to this stream. */
export type StorePosition = Pick<StoreChange, "seq" | "subject" | "key" | "time">;
