// biome-ignore-all lint/suspicious/noExplicitAny: requests of another system, of many forms
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface QdrantDouble extends AsyncDisposable {
  url: string;
  /** Answers 503 to everything while it is true. */
  isDown: boolean;
  collections: Map<string, Map<string, any>>;
  /** Requests that were answered. */
  requests: number;
}

/**
 * Stands in for a Qdrant server where there is none: as much of its REST interface as its reference documents and our index uses, in
 * memory, without its performance. What it does not know it refuses.
 */
export async function qdrantDouble(apiKey: string): Promise<QdrantDouble> {
  const collections = new Map<string, Map<string, any>>();
  const double = { isDown: false, requests: 0 };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const answer = (status: number, body: unknown) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (double.isDown) return answer(503, { status: { error: "down" } });
      if (request.headers["api-key"] !== apiKey) return answer(401, { status: { error: "Invalid API key" } });
      const text = Buffer.concat(pieces).toString();
      const [path = ""] = (request.url ?? "").split("?");
      try {
        const result = act(collections, `${request.method} ${path}`, text === "" ? {} : JSON.parse(text));
        double.requests++;
        answer(200, { result, status: "ok", time: 0 });
      } catch (error) {
        answer(error instanceof Missing ? 404 : 400, { status: { error: String(error) } });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(double, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

class Missing extends Error {}

function act(collections: Map<string, Map<string, any>>, what: string, body: any): unknown {
  const [, method, name = "", rest = ""] = /^(\w+) \/collections\/([^/]+)(.*)$/.exec(what) ?? [];
  if (rest === "/exists") return { exists: collections.has(name) };
  if (method === "PUT" && rest === "") {
    if (body.vectors.dense.distance !== "Cosine" || body.sparse_vectors.words.modifier !== "idf")
      throw new Error("settings");
    collections.set(name, new Map());
    return true;
  }
  if (method === "DELETE" && rest === "") return collections.delete(name);
  const points = collections.get(name);
  if (!points) throw new Missing(`Collection ${name} doesn't exist`);
  if (method === "PUT" && rest === "/index") return { operation_id: 1, status: "completed" };
  if (method === "PUT" && rest === "/points") return upsert(points, body.points);
  if (method === "POST" && rest === "/points") return body.ids.flatMap((id: string) => points.get(id) ?? []);
  if (rest === "/points/count") return { count: [...points.values()].filter(matches(body.filter)).length };
  if (rest === "/points/query/batch") return body.searches.map((search: any) => ({ points: query(points, search) }));
  if (rest === "/points/batch") {
    return body.operations.map((operation: any) => {
      if (operation.upsert) return upsert(points, operation.upsert.points);
      const gone = [...points.values()].filter(matches(operation.delete.filter));
      for (const { id } of gone) points.delete(id);
      return { operation_id: 1, status: "completed" };
    });
  }
  throw new Missing(what);
}

function upsert(points: Map<string, any>, added: any[]): object {
  for (const point of added) {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(point.id)) throw new Error(`${point.id} is no UUID`);
    const { words, dense } = point.vector;
    if (words && new Set(words.indices).size !== words.indices.length) throw new Error("indices must be unique");
    // Vectors of cosine are kept normalised.
    const norm = Math.hypot(...(dense ?? []));
    points.set(point.id, {
      ...point,
      vector: { ...point.vector, ...(dense && { dense: dense.map((x: number) => x / norm) }) },
    });
  }
  return { operation_id: 1, status: "completed" };
}

function matches(filter: { must: any[] }) {
  return ({ payload }: any): boolean =>
    filter.must.every(({ key, match, range }) => {
      const all = [payload[key] ?? []].flat();
      if (range)
        return all.some((x) => (range.gte === undefined || x >= range.gte) && (range.lt === undefined || x < range.lt));
      return all.some((x) => (match.any ? match.any.includes(x) : x === match.value));
    });
}

function query(points: Map<string, any>, { query: asked, using, filter, limit }: any): any[] {
  const all = [...points.values()].filter(({ vector }) => vector[using]);
  const scored = all.filter(matches(filter)).map((point) => ({
    ...{ id: point.id, version: 1, payload: point.payload },
    score:
      using === "dense"
        ? dot(asked, point.vector.dense) / Math.hypot(...asked)
        : sparseScore(asked, point.vector.words, all),
  }));
  return scored
    .filter(({ score }) => using === "dense" || score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}

/** With the `idf` modifier: ln((N - n + 0.5) / (n + 0.5) + 1). */
function sparseScore(asked: any, own: any, all: any[]): number {
  return asked.indices.reduce((sum: number, index: number, i: number) => {
    const at = own.indices.indexOf(index);
    if (at < 0) return sum;
    const n = all.filter(({ vector }) => vector.words.indices.includes(index)).length;
    return sum + asked.values[i] * own.values[at] * Math.log((all.length - n + 0.5) / (n + 0.5) + 1);
  }, 0);
}
