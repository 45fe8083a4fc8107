import { ChoirError } from "../../errors.js";
import type { Embedder, EmbeddingPurpose } from "../embedder.js";
import type { Provider } from "./providers.js";
import { postForEmbeddings } from "./request.js";

/** A question waits for its vector no longer: it can be answered by its words. */
const QUERY_MS = 8_000;
/** A batch of passages waits out a minute's limit of the service. */
const PASSAGES_MS = 120_000;

export interface RemoteOptions {
  provider: Provider;
  /** `openai:text-embedding-3-small` */
  name: string;
  model: string;
  key: string;
  baseUrl: string;
  dimensions: number;
}

/** An embedding model behind a service's HTTP interface. */
export class RemoteEmbedder implements Embedder {
  readonly model: string;
  readonly dimensions: number;
  readonly mode = "semantic";
  readonly floor: number;
  readonly weight = 1;
  readonly #o: RemoteOptions;

  constructor(o: RemoteOptions) {
    this.#o = o;
    this.model = o.name;
    this.dimensions = o.dimensions;
    this.floor = o.provider.floor;
  }

  /** @throws ChoirError `embedder_refused`, `embedder_unavailable`, `embedder_mismatch` */
  async embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    o: { signal?: AbortSignal } = {},
  ): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += this.#o.provider.batch) {
      vectors.push(...(await this.#batch(texts.slice(at, at + this.#o.provider.batch), purpose, o.signal)));
    }
    return vectors;
  }

  async #batch(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    // Services refuse a text without anything in it; it has no direction, which zeros say.
    const full = texts.filter((text) => text.trim() !== "");
    const found = full.length === 0 ? [] : await askFor(this.#o, full, purpose, signal);
    let next = 0;
    return texts.map((text) => {
      if (text.trim() === "") return new Float32Array(this.dimensions);
      return Float32Array.from(found[next++] ?? []);
    });
  }
}

/** How many numbers a model's vectors have, asked of the service itself. @throws as {@link RemoteEmbedder.embed} */
export async function askDimensions(o: Omit<RemoteOptions, "dimensions">): Promise<number> {
  const [vector] = await askFor(o, ["dimensions"], "query");
  return vector?.length ?? 0;
}

async function askFor(
  { provider, model, key, baseUrl }: Omit<RemoteOptions, "dimensions">,
  texts: readonly string[],
  purpose: EmbeddingPurpose,
  signal?: AbortSignal,
): Promise<number[][]> {
  const { service } = provider;
  const answer = await postForEmbeddings({
    url: `${baseUrl.replace(/\/+$/, "")}${provider.path(model)}`,
    headers: provider.headers(key),
    body: provider.body(model, texts, purpose),
    service,
    model,
    signal,
    deadlineMs: purpose === "query" ? QUERY_MS : PASSAGES_MS,
  });
  let vectors: number[][];
  try {
    vectors = provider.vectors(answer);
  } catch (cause) {
    const message = `${service} answers in a form that it does not document: check the address of the embedder.`;
    throw new ChoirError("embedder_mismatch", message, { cause });
  }
  if (vectors.length === texts.length) return vectors;
  throw new ChoirError(
    "embedder_mismatch",
    `${service} gave ${vectors.length} vectors for ${texts.length} texts: name another embedder.`,
  );
}
