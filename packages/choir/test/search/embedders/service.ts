import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { lexicalEmbedder } from "../../../src/index.js";

/** What a request asked for, whichever service it was made for. */
export interface Asked {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  model: string;
  texts: string[];
  purpose: string;
}

export interface TestService extends AsyncDisposable {
  url: string;
  asked: Asked[];
  /** What the next requests are answered with instead, one each. */
  failures: { status: number; body?: string; headers?: Record<string, string> }[];
}

/** A server of this machine that answers as the references of the four services say, with vectors of the lexical embedder. */
export async function testService(): Promise<TestService> {
  const asked: Asked[] = [];
  const failures: TestService["failures"] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", async () => {
      const path = request.url ?? "";
      const one = { path, headers: request.headers, ...understood(JSON.parse(Buffer.concat(pieces).toString())) };
      asked.push(one);
      const failure = failures.shift();
      response.writeHead(failure?.status ?? 200, { "content-type": "application/json", ...failure?.headers });
      const vectors = await lexicalEmbedder.embed(one.texts, "passage");
      response.end(
        failure
          ? (failure.body ?? "{}")
          : JSON.stringify(
              answerOf(
                path,
                vectors.map((v) => [...v]),
              ),
            ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    failures,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of four services, each of another form
function understood(body: any): Pick<Asked, "model" | "texts" | "purpose"> {
  if (body.requests) {
    const [first] = body.requests;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const texts = body.requests.map((one: any) => one.content.parts[0].text);
    return { model: first.model, texts, purpose: first.taskType };
  }
  return { model: body.model, texts: body.texts ?? body.input, purpose: body.input_type ?? "" };
}

function answerOf(path: string, vectors: number[][]): object {
  if (path.endsWith(":batchEmbedContents")) return { embeddings: vectors.map((values) => ({ values })) };
  if (path === "/v2/embed") return { id: "x", embeddings: { float: vectors }, response_type: "embeddings_by_type" };
  // In another order than asked: the index tells.
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding })).reverse();
  return { object: "list", data, model: "m", usage: { prompt_tokens: 1, total_tokens: 1 } };
}
