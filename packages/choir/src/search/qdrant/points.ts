import { createHash } from "node:crypto";
import { z } from "zod";
import type { IndexedArticle, IndexFilter } from "../knowledge-index.js";
import { passageVector } from "./sparse.js";

/** What lies in a collection: passages, and for each article one point that says which version stands, or stood when it was removed. */

export const markerSchema = z.object({ seq: z.int(), removed: z.boolean() });

export const foundSchema = z.object({
  article: z.string(),
  seq: z.int(),
  number: z.int(),
  text: z.string(),
  start: z.int(),
  end: z.int(),
});

/** Fields that are filtered by, with what Qdrant calls their types. */
export const INDEXED_FIELDS = {
  kind: "keyword",
  article: "keyword",
  author: "keyword",
  tags: "keyword",
  languages: "keyword",
  seq: "integer",
  published_at: "integer",
  removed: "bool",
} as const;

export function passagePoints({ id, seq, title, author, tags, language, publishedAt, passages }: IndexedArticle) {
  const common = { kind: "passage", article: id, seq, author, tags: [...tags], languages: languagesOf(language) };
  return passages.map(({ heading, text, start, end, vector }, number) => {
    const words = passageVector(title, { heading, text });
    return {
      id: pointId(`${id}@${seq}#${number}`),
      payload: { ...common, published_at: Date.parse(publishedAt), number, text, start, end },
      vector: {
        // Neither a vector of zeros nor one without words has neighbours, and Qdrant takes neither.
        ...(vector.some((value) => value !== 0) && { dense: [...vector] }),
        ...(words.indices.length > 0 && { words }),
      },
    };
  });
}

export function markerPoint(article: string, seq: number, removed: boolean) {
  return { id: pointId(article), payload: { kind: "article", article, seq, removed }, vector: {} };
}

export function pointId(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** The passages that a filter lets through, in Qdrant's terms. */
export function passageFilter({ author, tag, language, since, until, articles }: IndexFilter = {}) {
  const is = (key: string, value: string) => ({ key, match: { value } });
  return {
    must: [
      is("kind", "passage"),
      ...(author === undefined ? [] : [is("author", author)]),
      ...(tag === undefined ? [] : [is("tags", tag)]),
      ...(language === undefined ? [] : [is("languages", language.toLowerCase())]),
      ...(articles === undefined ? [] : [{ key: "article", match: { any: [...articles] } }]),
      ...(since === undefined ? [] : [{ key: "published_at", range: { gte: Date.parse(since) } }]),
      ...(until === undefined ? [] : [{ key: "published_at", range: { lt: Date.parse(until) } }]),
    ],
  };
}

/** `pt-BR` is found as `pt-br` and as `pt`. */
function languagesOf(language: string | undefined): string[] {
  const parts = language?.toLowerCase().split("-") ?? [];
  return parts.map((_, i) => parts.slice(0, i + 1).join("-"));
}
