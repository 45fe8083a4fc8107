import { randomUUID } from "node:crypto";
import { lexicalEmbedder } from "../../../src/index.js";
import { QdrantIndex } from "../../../src/search/qdrant/qdrant-index.js";
import { conformance } from "../conformance.js";
import { type QdrantDouble, qdrantDouble } from "./double.js";

const { QDRANT_URL: url, QDRANT_API_KEY: apiKey } = process.env;
const collection = `conformance-${randomUUID()}`;

if (url) {
  describe("a Qdrant server", () => {
    conformance("QdrantIndex", () => QdrantIndex.open({ url, apiKey, collection }, lexicalEmbedder));
    afterAll(async () => await (await QdrantIndex.open({ url, apiKey, collection }, lexicalEmbedder)).drop());
  });
} else {
  // Not a skipped test, which nobody reads: the suite against a server was not run.
  process.stdout.write("QdrantIndex against a Qdrant server: not run (QDRANT_URL is not set).\n");
}

describe("what its reference documents, in place of a server", () => {
  let double: QdrantDouble;
  beforeAll(async () => {
    double = await qdrantDouble("secret");
  });
  afterAll(async () => await double[Symbol.asyncDispose]());
  const open = (key = "secret") =>
    QdrantIndex.open({ url: double.url, apiKey: key, collection: "choir" }, lexicalEmbedder);

  conformance("QdrantIndex", () => open());

  it("says so when Qdrant is down, or wants another key", async () => {
    await expect(open("wrong")).rejects.toMatchObject({
      code: "index_unavailable",
      message: expect.stringMatching(/401/),
    });
    double.isDown = true;
    await expect(open()).rejects.toMatchObject({
      code: "index_unavailable",
      message: expect.stringMatching(/QDRANT_URL/),
    });
    double.isDown = false;
  });
});
