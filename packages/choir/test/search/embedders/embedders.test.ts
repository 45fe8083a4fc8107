import { type Embedder, lexicalEmbedder, openEmbedder } from "../../../src/index.js";
import { type TestService, testService } from "./service.js";

let service: TestService;
beforeAll(async () => {
  service = await testService();
});
afterAll(async () => await service[Symbol.asyncDispose]());
beforeEach(() => {
  service.asked.length = 0;
  service.failures.length = 0;
});

const KEY = "sk-test-0123456789abcdef";
const open = (name: string, o: object = {}) => openEmbedder(name, { key: KEY, baseUrl: service.url, ...o });

/** transformers.js as its documentation describes it, for what needs no weights. */
const library = {
  env: { allowRemoteModels: true },
  pipeline: async (_task: string, path: string) => {
    if (path !== "/models/small") throw new Error("no such file");
    return async (texts: string[]) => {
      const vectors = await lexicalEmbedder.embed(texts, "passage");
      return { dims: [texts.length, 1024], data: Float32Array.from(vectors.flatMap((vector) => [...vector])) };
    };
  },
};

describe.each([
  ["lexical", () => openEmbedder("lexical")],
  ["openai", () => open("openai:text-embedding-9-huge")],
  ["cohere", () => open("cohere:embed-9")],
  ["google", () => open("google:gemini-embedding-9")],
  ["voyage", () => open("voyage:voyage-9")],
  ["local", () => openEmbedder("local:/models/small", { importModule: async () => library })],
] as [string, () => Promise<Embedder>][])("the embedder %s", (kind, make) => {
  it("gives one vector for each text, in order, as many as there are, zeros for a text without anything", async () => {
    const embedder = await make();
    const texts = Array.from({ length: 140 }, (_, i) => `the ${i}th harbour`);
    texts[7] = "  ";
    const vectors = await embedder.embed(texts, "passage");
    const expected = await lexicalEmbedder.embed(texts, "passage");
    expect(vectors).toEqual(expected);
    expect(vectors[7]?.every((value) => value === 0)).toBe(true);
    expect(embedder.dimensions).toBe(1024);
    expect(await embedder.embed([], "passage")).toEqual([]);
  });

  it("says what it is", async () => {
    const embedder = await make();
    expect(embedder.mode).toBe(kind === "lexical" ? "lexical" : "semantic");
    expect(embedder.model).toContain(kind);
    expect(embedder.floor).toBeLessThan(0.5);
  });
});

describe.each([
  ["openai:text-embedding-3-small", "/embeddings", "text-embedding-3-small", 1536, ["", ""]],
  ["cohere:embed-v4.0", "/v2/embed", "embed-v4.0", 1536, ["search_document", "search_query"]],
  [
    "google:gemini-embedding-001",
    "/models/gemini-embedding-001:batchEmbedContents",
    "models/gemini-embedding-001",
    3072,
    ["RETRIEVAL_DOCUMENT", "RETRIEVAL_QUERY"],
  ],
  ["voyage:voyage-3.5", "/embeddings", "voyage-3.5", 1024, ["document", "query"]],
] as [string, string, string, number, [string, string]][])("%s", (name, path, model, dimensions, [passage, query]) => {
  it("asks as the service documents it, without asking for dimensions that are known", async () => {
    const embedder = await open(name);
    expect(embedder).toMatchObject({ model: name, dimensions });
    expect(service.asked).toEqual([]);
    await embedder.embed(["ebb", "flow"], "passage");
    await embedder.embed(["tide"], "query");
    expect(service.asked).toMatchObject([
      { path, model, texts: ["ebb", "flow"], purpose: passage },
      { path, model, texts: ["tide"], purpose: query },
    ]);
    const { authorization, "x-goog-api-key": google } = service.asked[0]?.headers ?? {};
    expect(authorization ?? google).toBe(name.startsWith("google") ? KEY : `Bearer ${KEY}`);
  });

  it("asks again when the service is busy or fails, and waits as long as it says", async () => {
    const embedder = await open(name);
    service.failures.push({ status: 429, headers: { "retry-after": "0.3" } }, { status: 503 });
    const started = performance.now();
    expect(await embedder.embed(["tide"], "passage")).toHaveLength(1);
    expect(performance.now() - started).toBeGreaterThan(300);
    expect(service.asked).toHaveLength(3);
  });

  it.each([
    [401, '{"error":"bad key sk-test-0123456789abcdef"}', /refuses the key/],
    [400, '{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}', /refuses the key/],
    [404, "{}", /has no embedding model/],
  ])("says at once what a person must mend (%s), without the key", async (status, body, message) => {
    const embedder = await open(name);
    service.failures.push({ status, body });
    const error = await embedder.embed(["tide"], "passage").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "embedder_refused", message: expect.stringMatching(message) });
    expect(JSON.stringify(error) + String(error)).not.toContain(KEY);
    expect(service.asked).toHaveLength(1);
  });

  it("does not take an answer of another form", async () => {
    const embedder = await open(name);
    service.failures.push({ status: 200, body: '{"data":[],"embeddings":[]}' });
    await expect(embedder.embed(["tide"], "passage")).rejects.toMatchObject({ code: "embedder_mismatch" });
  });
});

describe("openEmbedder", () => {
  it.each(["", "openai", "openai:", "nobody:x", "openai:../../x?", "toString:x", "local:models/small"])(
    "refuses the name %j",
    async (name) => {
      await expect(open(name)).rejects.toMatchObject({ code: "unknown_embedder" });
    },
  );

  it("takes the key of the environment, and says which is missing", async () => {
    const env = { COHERE_API_KEY: KEY };
    await expect(openEmbedder("cohere:embed-v4.0", { env })).resolves.toMatchObject({ dimensions: 1536 });
    await expect(openEmbedder("voyage:voyage-3", { env })).rejects.toMatchObject({
      code: "missing_key",
      message: expect.stringContaining("VOYAGE_API_KEY"),
    });
  });

  it("says what a model of this machine lacks, and fetches none", async () => {
    await expect(openEmbedder("local:/models/none", { importModule: async () => library })).rejects.toMatchObject({
      code: "unknown_embedder",
    });
    expect(library.env.allowRemoteModels).toBe(false);
    await expect(openEmbedder("local:/models/small")).rejects.toMatchObject({ code: "missing_requirement" });
  });

  it("gives up on a service that is away", async () => {
    const gone = await testService();
    await gone[Symbol.asyncDispose]();
    const embedder = await openEmbedder("cohere:embed-v4.0", { key: KEY, baseUrl: gone.url });
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const failed = expect(embedder.embed(["tide"], "query")).rejects.toMatchObject({ code: "embedder_unavailable" });
      await new Promise((resolve) => setTimeout(resolve, 50));
      vi.setSystemTime(Date.now() + 60_000);
      await failed;
    } finally {
      vi.useRealTimers();
    }
  });
});
