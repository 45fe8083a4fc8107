import { NatsSaverError } from "../errors.js";
import type { StoreSettings } from "./options.js";
import { textsAt } from "./texts.js";

/** Vectors of one item under one model. */
export interface Vectors {
  model: string;
  dims: number;
  all: Float32Array[];
}

/** Turns texts into vectors with the embedder that was passed in. */
export class Meaning {
  readonly model: string;
  readonly #index: NonNullable<StoreSettings["index"]>;

  constructor(index: NonNullable<StoreSettings["index"]>) {
    this.#index = index;
    this.model = index.model ?? nameOf(index.embeddings);
  }

  /** The vectors of each value, under the paths that are given for it or else under the configured ones; one call of the embedder. */
  async ofValues(values: readonly { value: unknown; paths?: readonly string[] | undefined }[]): Promise<Vectors[]> {
    const texts = values.map(({ value, paths }) =>
      (paths ?? this.#index.fields).flatMap((path) => textsAt(value, path)),
    );
    const distinct = [...new Set(texts.flat())];
    const vectors = distinct.length === 0 ? [] : await this.#index.embeddings.embedDocuments(distinct);
    const vectorOf = new Map(distinct.map((text, place) => [text, this.#checked(vectors[place])]));
    const { dims } = this.#index;
    return texts.map((mine) => ({
      model: this.model,
      dims,
      all: mine.flatMap((text) => vectorOf.get(text) ?? []),
    }));
  }

  async ofQuery(query: string): Promise<Float32Array> {
    return this.#checked(await this.#index.embeddings.embedQuery(query));
  }

  /** How close an item comes to a query: the cosine of its closest vector; `undefined` if it has none of this model. */
  score(query: Float32Array, vectors: Vectors | undefined): number | undefined {
    if (vectors?.model !== this.model || vectors.dims !== this.#index.dims || vectors.all.length === 0)
      return undefined;
    return Math.max(...vectors.all.map((vector) => cosine(query, vector)));
  }

  #checked(vector: readonly number[] | undefined): Float32Array {
    if (vector?.length === this.#index.dims) return Float32Array.from(vector);
    throw new NatsSaverError(
      "invalid",
      `The embedder ${this.model} gave a vector of ${vector?.length ?? 0} numbers; the store's index has ${this.#index.dims} dimensions. Make them agree.`,
    );
  }
}

export function vectorBytes({ all, dims }: Vectors): Uint8Array {
  const bytes = Buffer.alloc(all.length * dims * 4);
  let at = 0;
  for (const vector of all) for (const number of vector) at = bytes.writeFloatLE(number, at);
  return bytes;
}

export function vectorsFrom(bytes: Uint8Array, { model, dims }: { model: string; dims: number }): Vectors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = Array.from({ length: dims === 0 ? 0 : bytes.length / (dims * 4) }, (_, place) =>
    Float32Array.from({ length: dims }, (_, number) => view.getFloat32((place * dims + number) * 4, true)),
  );
  return { model, dims, all };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let place = 0; place < a.length; place += 1) {
    const number = a[place] ?? 0;
    const other = b[place] ?? 0;
    dot += number * other;
    lengthA += number * number;
    lengthB += other * other;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : dot / Math.sqrt(lengthA * lengthB);
}

function nameOf(embeddings: object): string {
  for (const name of ["model", "modelName"]) {
    const found = Object.entries(embeddings).find(([each]) => each === name)?.[1];
    if (typeof found === "string" && found !== "") return found;
  }
  return embeddings.constructor.name;
}
