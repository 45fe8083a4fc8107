import { z } from "zod";
import type { EmbeddingPurpose } from "../embedder.js";

/** How one service is asked for embeddings, as its reference documents it. */
export interface Provider {
  /** For a person. */
  readonly service: string;
  /** Variable that has its key, unless the key is given. */
  readonly keyName: string;
  readonly baseUrl: string;
  /** Texts in one request, at most; the services take more, and are slower with more. */
  readonly batch: number;
  /** What unrelated texts have as cosine; rather too low than so high that something is hidden. */
  readonly floor: number;
  /** Numbers of a vector, for models that are known. */
  readonly dimensions: Readonly<Record<string, number>>;
  path(model: string): string;
  headers(key: string): Record<string, string>;
  body(model: string, texts: readonly string[], purpose: EmbeddingPurpose): unknown;
  /** The vectors in the order of the texts. Throws for an answer of another form. */
  vectors(answer: unknown): number[][];
}

const vector = z.array(z.number());
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** OpenAI and Voyage answer alike. */
const numbered = z.object({ data: z.array(z.object({ index: z.int().min(0), embedding: vector })) });
function inOrder(answer: unknown): number[][] {
  const { data } = numbered.parse(answer);
  return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
}

export const PROVIDERS = {
  openai: {
    service: "OpenAI",
    keyName: "OPENAI_API_KEY",
    baseUrl: "https://api.openai.com/v1",
    batch: 128,
    floor: 0.1,
    dimensions: { "text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536 },
    path: () => "/embeddings",
    headers: bearer,
    body: (model, input) => ({ model, input, encoding_format: "float" }),
    vectors: inOrder,
  },
  cohere: {
    service: "Cohere",
    keyName: "COHERE_API_KEY",
    baseUrl: "https://api.cohere.com",
    batch: 96,
    floor: 0.15,
    dimensions: {
      "embed-v4.0": 1536,
      "embed-english-v3.0": 1024,
      "embed-multilingual-v3.0": 1024,
      "embed-english-light-v3.0": 384,
      "embed-multilingual-light-v3.0": 384,
    },
    path: () => "/v2/embed",
    headers: bearer,
    body: (model, texts, purpose) => ({
      model,
      texts,
      input_type: purpose === "query" ? "search_query" : "search_document",
      embedding_types: ["float"],
      truncate: "END",
    }),
    vectors: (answer) => z.object({ embeddings: z.object({ float: z.array(vector) }) }).parse(answer).embeddings.float,
  },
  google: {
    service: "Google",
    keyName: "GOOGLE_API_KEY",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    batch: 100,
    floor: 0.3,
    dimensions: { "gemini-embedding-001": 3072, "text-embedding-004": 768 },
    path: (model) => `/models/${encodeURIComponent(model)}:batchEmbedContents`,
    headers: (key) => ({ "x-goog-api-key": key }),
    body: (model, texts, purpose) => ({
      requests: texts.map((text) => ({
        model: `models/${model}`,
        content: { parts: [{ text }] },
        taskType: purpose === "query" ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT",
      })),
    }),
    vectors: (answer) =>
      z
        .object({ embeddings: z.array(z.object({ values: vector })) })
        .parse(answer)
        .embeddings.map(({ values }) => values),
  },
  voyage: {
    service: "Voyage",
    keyName: "VOYAGE_API_KEY",
    baseUrl: "https://api.voyageai.com/v1",
    batch: 128,
    floor: 0.2,
    dimensions: {
      "voyage-3-large": 1024,
      "voyage-3.5": 1024,
      "voyage-3.5-lite": 1024,
      "voyage-3": 1024,
      "voyage-3-lite": 512,
      "voyage-code-3": 1024,
      "voyage-finance-2": 1024,
      "voyage-law-2": 1024,
    },
    path: () => "/embeddings",
    headers: bearer,
    body: (model, input, purpose) => ({
      model,
      input,
      input_type: purpose === "query" ? "query" : "document",
      truncation: true,
    }),
    vectors: inOrder,
  },
} as const satisfies Record<string, Provider>;

export type ProviderName = keyof typeof PROVIDERS;

export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(PROVIDERS, name);
}
