import { QdrantClient } from "@qdrant/js-client-rest";
import { z } from "zod";
import { ChoirError } from "../../errors.js";
import { cosine } from "../dot.js";
import { type EmbedderIdentity, quantize } from "../embedder.js";
import type { IndexedArticle, IndexHit, IndexQuery, IndexStats, KnowledgeIndex } from "../knowledge-index.js";
import { copiesLast } from "../near-copies.js";
import { type Found, fuse } from "../rank.js";
import {
  foundSchema,
  INDEXED_FIELDS,
  markerPoint,
  markerSchema,
  passageFilter,
  passagePoints,
  pointId,
} from "./points.js";
import { questionVector } from "./sparse.js";

export interface QdrantOptions {
  /** `QDRANT_URL` */
  url: string;
  /** `QDRANT_API_KEY` */
  apiKey?: string;
  /** One for each index and model. */
  collection: string;
}

const DEADLINE_MS = 10_000;
/** Passages that each of the two lists gives: enough for a hundred articles. */
const DEPTH = 300;
/** The first results, whose vectors are compared. */
const COMPARED = 50;
const POINTS_AT_ONCE = 64;

const positionSchema = z.object({ position: z.string() });
const pointSchema = z.object({ id: z.string(), payload: foundSchema, score: z.number() });
const denseSchema = z.object({ dense: z.array(z.number()).optional() });

/**
 * A Qdrant collection: dense vectors by cosine, words as sparse vectors of BM25 whose inverse document frequency Qdrant knows, filters
 * over indexed fields. Both lists are fused here, as for the file, so that the order is the same.
 */
export class QdrantIndex implements KnowledgeIndex {
  readonly #client: QdrantClient;
  readonly #collection: string;

  private constructor(client: QdrantClient, collection: string) {
    this.#client = client;
    this.#collection = collection;
  }

  /** Makes the collection if it is missing. @throws ChoirError `index_unavailable` */
  static async open(
    { url, apiKey, collection }: QdrantOptions,
    { dimensions }: EmbedderIdentity,
  ): Promise<QdrantIndex> {
    const client = new QdrantClient({
      url,
      // The client's own option warns on standard error about a server of this machine.
      ...(apiKey && { headers: { "api-key": apiKey } }),
      timeout: DEADLINE_MS,
      checkCompatibility: false,
    });
    const index = new QdrantIndex(client, collection);
    await index.#do(async () => {
      if ((await client.collectionExists(collection)).exists) return;
      await client.createCollection(collection, {
        vectors: { dense: { size: dimensions, distance: "Cosine" } },
        sparse_vectors: { words: { modifier: "idf" } },
      });
      for (const [field_name, field_schema] of Object.entries(INDEXED_FIELDS)) {
        await client.createPayloadIndex(collection, { field_name, field_schema, wait: true });
      }
    });
    return index;
  }

  async add(article: IndexedArticle): Promise<void> {
    const { id, seq } = article;
    if ((await this.#seqOf(id)) >= seq) return;
    const points = passagePoints(article);
    for (let at = 0; at < points.length; at += POINTS_AT_ONCE) {
      const some = points.slice(at, at + POINTS_AT_ONCE);
      await this.#do(() => this.#client.upsert(this.#collection, { points: some, wait: true }));
    }
    // The marker last: an attempt that is cut off before it is made again.
    await this.#replace(id, seq, false);
  }

  async remove(article: string): Promise<void> {
    const seq = await this.#seqOf(article);
    if (seq >= 0) await this.#replace(article, seq + 1, true);
  }

  async query({ words, vector, floor, vectorWeight, filter, limit }: IndexQuery): Promise<IndexHit[]> {
    if (filter?.articles?.length === 0) return [];
    const common = { filter: passageFilter(filter), limit: Math.max(DEPTH, limit), with_payload: true };
    const question = questionVector(words);
    const hasDirection = vector?.some((value) => value !== 0) ?? false;
    const searches = [
      ...(question.indices.length > 0 ? [{ ...common, query: question, using: "words" }] : []),
      ...(vector && hasDirection ? [{ ...common, query: [...vector], using: "dense" }] : []),
    ];
    if (searches.length === 0) return [];
    const answers = await this.#do(() => this.#client.queryBatch(this.#collection, { searches }));
    const lists = answers.map(({ points }) => z.array(pointSchema).parse(points));
    const near = hasDirection ? (lists.pop() ?? []).filter(({ score }) => score > floor) : [];
    return await this.#ranked(lists[0] ?? [], near, { vector, vectorWeight, limit });
  }

  async stats(): Promise<IndexStats> {
    const count = (must: object[]) =>
      this.#do(() => this.#client.count(this.#collection, { filter: { must: must as never[] }, exact: true }));
    const articles = await count([
      { key: "kind", match: { value: "article" } },
      { key: "removed", match: { value: false } },
    ]);
    const passages = await count(passageFilter().must);
    return { articles: articles.count, passages: passages.count };
  }

  /** What whoever fills it has said of how far it is; undefined for an index that nobody has filled. */
  async position(): Promise<string | undefined> {
    const [point] = await this.#points([pointId("position")]);
    return point && positionSchema.parse(point.payload).position;
  }

  async setPosition(position: string): Promise<void> {
    const point = { id: pointId("position"), payload: { kind: "position", position }, vector: {} };
    await this.#do(() => this.#client.upsert(this.#collection, { points: [point], wait: true }));
  }

  /** Deletes the collection. */
  async drop(): Promise<void> {
    await this.#do(() => this.#client.deleteCollection(this.#collection));
  }

  /** Nothing is held open. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Each request is a connection of its own.
  }

  /** Fuses the two lists, and reads the vectors of the first ones. */
  async #ranked(
    byWords: readonly z.infer<typeof pointSchema>[],
    near: readonly z.infer<typeof pointSchema>[],
    { vector, vectorWeight, limit }: Pick<IndexQuery, "vector" | "vectorWeight" | "limit">,
  ): Promise<IndexHit[]> {
    // Numbers in the order of the stream, so that equal scores have one order, as in the file.
    const points = [...new Map([...byWords, ...near].map((point) => [point.id, point])).values()].sort(
      (a, b) => a.payload.seq - b.payload.seq || a.payload.number - b.payload.number,
    );
    const passages = new Map(points.map(({ id }, n) => [id, n]));
    const articles = new Map(points.map(({ payload }) => payload.article).map((article, n) => [article, n]));
    const latest = new Map<string, number>();
    for (const { payload } of points)
      latest.set(payload.article, Math.max(payload.seq, latest.get(payload.article) ?? 0));
    const firsts = (list: readonly z.infer<typeof pointSchema>[]): Found[] => {
      const seen = new Set<string>();
      return list
        .filter(
          ({ payload: { article, seq } }) => seq === latest.get(article) && !seen.has(article) && seen.add(article),
        )
        .map(({ id, payload, score }) => ({
          article: articles.get(payload.article) ?? 0,
          passage: passages.get(id) ?? 0,
          score,
        }));
    };
    const fused = fuse(firsts(byWords), firsts(near), vectorWeight);
    const vectors = await this.#vectors(
      fused.slice(0, Math.max(COMPARED, limit)).map(({ passage }) => points[passage]?.id ?? ""),
    );
    const vectorOf = (passage: number) => vectors.get(points[passage]?.id ?? "") ?? new Int8Array();
    return copiesLast(fused, vectorOf)
      .slice(0, limit)
      .flatMap(({ passage, score }) => {
        const point = points[passage];
        if (!point) return [];
        const { article, number, text, start, end } = point.payload;
        const own = vectorOf(passage);
        const similarity = vector && own.length > 0 ? Math.max(0, cosine(vector, own)) : 0;
        return [{ article, passage: number, text, start, end, score, similarity }];
      });
  }

  async #vectors(ids: string[]): Promise<Map<string, Int8Array>> {
    if (ids.length === 0) return new Map();
    const found = await this.#do(() => this.#client.retrieve(this.#collection, { ids, with_vector: true }));
    return new Map(
      found.flatMap(({ id, vector }) => {
        const { dense } = denseSchema.parse(vector ?? {});
        return dense ? [[String(id), quantize(Float32Array.from(dense))] as const] : [];
      }),
    );
  }

  /** Of the version that stands, or a number above the one that was removed; -1 for none. */
  async #seqOf(article: string): Promise<number> {
    const [marker] = await this.#points([pointId(article)]);
    return marker ? markerSchema.parse(marker.payload).seq : -1;
  }

  async #points(ids: string[]) {
    return await this.#do(() => this.#client.retrieve(this.#collection, { ids, with_payload: true }));
  }

  /** In one request: earlier passages go, and the marker says so. */
  async #replace(article: string, seq: number, removed: boolean): Promise<void> {
    const earlier = {
      must: [
        { key: "kind", match: { value: "passage" } },
        { key: "article", match: { value: article } },
        { key: "seq", range: { lt: seq } },
      ],
    };
    // What was removed keeps the number of its last version: only a later one brings it back.
    const marker = markerPoint(article, removed ? seq - 1 : seq, removed);
    await this.#do(() =>
      this.#client.batchUpdate(this.#collection, {
        operations: [{ delete: { filter: earlier } }, { upsert: { points: [marker] } }],
        wait: true,
      }),
    );
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ChoirError) throw cause;
      const status = cause instanceof Error && "status" in cause ? ` (HTTP ${String(cause.status)})` : "";
      const message = `Qdrant does not answer as it should${status}: check QDRANT_URL and QDRANT_API_KEY; the file answers meanwhile.`;
      throw new ChoirError("index_unavailable", message, { cause });
    }
  }
}
