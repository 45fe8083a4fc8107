import { ChoirError } from "../errors.js";

/** What a vector is for: some models embed a question differently from a passage. */
export type EmbeddingPurpose = "passage" | "query";

/**
 * Turns texts into vectors. The index stores `model` and `dimensions` with what it keeps and makes itself again when
 * either changes, so a model id must change whenever the same text would get another vector.
 */
export interface Embedder {
  readonly model: string;
  readonly dimensions: number;
  /** `lexical` vectors only see spelling: results and novelty scores made with them are labelled so. */
  readonly mode: "lexical" | "semantic";
  /** Cosines at or below this are what unrelated texts have; such hits are not shown. */
  readonly floor: number;
  /** What its nearest passage counts in a search beside the best one of the words, which counts 1. */
  readonly weight: number;
  /** One vector of `dimensions` numbers for each text, in order; need not be normalised. An abort makes it throw, if it would take long. */
  embed(texts: readonly string[], purpose: EmbeddingPurpose, o?: { signal?: AbortSignal }): Promise<Float32Array[]>;
}

/** What the vectors of an index come from. */
export type EmbedderIdentity = Pick<Embedder, "model" | "dimensions" | "mode">;

/**
 * Scales a vector to signed bytes. Cosine does not change with scale, one byte a dimension keeps the file at a quarter
 * of its size, and integers make every distance the same on every machine.
 */
export function quantize(vector: Float32Array): Int8Array {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i] ?? 0));
  const bytes = new Int8Array(vector.length);
  if (largest === 0) return bytes;
  for (let i = 0; i < vector.length; i++) bytes[i] = Math.round(((vector[i] ?? 0) / largest) * 127);
  return bytes;
}

/** One vector in the form of the index, checked against what the embedder promises. */
export function quantizeExactly(embedder: Embedder, vector: Float32Array | undefined): Int8Array {
  if (vector?.length === embedder.dimensions && vector.every(Number.isFinite)) return quantize(vector);
  throw new ChoirError(
    "embedder_mismatch",
    `The embedder ${embedder.model} gave ${vector?.length ?? "no"} numbers and should give ${embedder.dimensions}: correct its settings.`,
  );
}
