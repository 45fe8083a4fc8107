import { isAbsolute } from "node:path";
import { z } from "zod";
import { ChoirError } from "../../errors.js";
import type { Embedder, EmbeddingPurpose } from "../embedder.js";

/** transformers.js, which weighs 400 MB with its runtime and is needed by few: whoever wants it installs it. */
const LIBRARY = "@huggingface/transformers";

/** Texts at once: more take more memory, and no less time. */
const BATCH = 16;

/** What of transformers.js is used. */
const libraryShape = z.object({
  pipeline: z.custom<Pipeline>((value) => typeof value === "function"),
  // The object itself, not a copy: it is written to.
  env: z.custom<{ allowRemoteModels: boolean }>((value) => typeof value === "object" && value !== null),
});

type Pipeline = (task: "feature-extraction", path: string, o: { local_files_only: true }) => Promise<Extractor>;
type Extractor = (texts: string[], o: { pooling: "mean"; normalize: true }) => Promise<unknown>;

const tensorShape = z.object({
  dims: z.tuple([z.int(), z.int().min(1)]),
  data: z.instanceof(Float32Array),
});

export type ImportModule = (name: string) => Promise<unknown>;

/**
 * An ONNX model in a folder of this machine, in the layout of transformers.js (`config.json`, `tokenizer.json`, `onnx/`). Nothing is
 * fetched from anywhere.
 * @param path absolute
 * @throws ChoirError `unknown_embedder` for a path that has no such model, `missing_requirement` without transformers.js
 */
export async function openLocal(path: string, importModule: ImportModule = load): Promise<Embedder> {
  if (!isAbsolute(path)) {
    throw new ChoirError("unknown_embedder", `The embedder local:${path} needs a path that begins with /.`);
  }
  const { pipeline, env } = await library(importModule);
  env.allowRemoteModels = false;
  let extract: Extractor;
  try {
    extract = await pipeline("feature-extraction", path, { local_files_only: true });
  } catch (cause) {
    const message = `There is no model for transformers.js in ${path}: it needs config.json, tokenizer.json and onnx/.`;
    throw new ChoirError("unknown_embedder", message, { cause });
  }
  const [probe] = await vectorsOf(extract, ["dimensions"]);
  return new LocalEmbedder(path, extract, probe?.length ?? 0);
}

class LocalEmbedder implements Embedder {
  readonly model: string;
  readonly mode = "semantic";
  /** What unrelated texts have with the usual sentence models. */
  readonly floor = 0.15;
  readonly weight = 1;

  constructor(
    path: string,
    readonly extract: Extractor,
    readonly dimensions: number,
  ) {
    this.model = `local:${path}`;
  }

  async embed(texts: readonly string[], _purpose: EmbeddingPurpose): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += BATCH) {
      vectors.push(...(await vectorsOf(this.extract, texts.slice(at, at + BATCH))));
    }
    return vectors;
  }
}

async function vectorsOf(extract: Extractor, texts: readonly string[]): Promise<Float32Array[]> {
  const parsed = tensorShape.safeParse(await extract([...texts], { pooling: "mean", normalize: true }));
  if (!parsed.success) {
    const message = "The model in the folder gives no sentence vectors: name one for feature extraction.";
    throw new ChoirError("embedder_mismatch", message, { cause: parsed.error });
  }
  const { data, dims } = parsed.data;
  const [, dimensions] = dims;
  return texts.map((text, i) =>
    text.trim() === "" ? new Float32Array(dimensions) : data.slice(i * dimensions, (i + 1) * dimensions),
  );
}

async function library(importModule: ImportModule): Promise<z.infer<typeof libraryShape>> {
  try {
    return libraryShape.parse(await importModule(LIBRARY));
  } catch (cause) {
    const message = `Embedders of this machine need transformers.js: npm install ${LIBRARY}@4 beside Vibewriter.`;
    throw new ChoirError("missing_requirement", message, { cause });
  }
}

/** The name is no literal, so that nobody needs the library to compile or to bundle this. */
async function load(name: string): Promise<unknown> {
  return await import(name);
}
