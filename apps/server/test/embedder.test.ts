import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Backbone } from "@vibewriter/backbone";
import { Choir, KeyPair } from "@vibewriter/choir";
import { type TestService, testService } from "../../../packages/choir/test/search/embedders/service.js";
import { type Choice, indexOf } from "../src/embedder/choice.js";
import { takeSearchKeys } from "../src/embedder/config.js";
import { HomeEmbedder, type HomeEmbedderOptions } from "../src/embedder/home-embedder.js";
import { Log } from "../src/log.js";
import { useNatsServer } from "./support/nats-server.js";
import { tempHome } from "./support/temp-home.js";

const NAME = "voyage:voyage-9";
const ada = KeyPair.generate();
let home: Awaited<ReturnType<typeof tempHome>>;
let backbone: Backbone;
let service: TestService;
beforeAll(async () => {
  home = await tempHome();
  await useNatsServer();
  backbone = await Backbone.open({ home: home.path });
  service = await testService();
});
afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await backbone?.close();
  await home?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  service.failures.length = 0;
  service.asked.length = 0;
});

const options = (o: Partial<HomeEmbedderOptions> = {}): HomeEmbedderOptions => ({
  index: join(home.path, "choir.sqlite"),
  choicePath: join(home.path, "choir.embedder.json"),
  ...{
    embedder: undefined,
    url: service.url,
    key: "key-of-the-owner",
    env: {},
    hold: () => ({ [Symbol.dispose]: () => undefined }),
  },
  log: new Log(join(home.path, "log")),
  ...o,
});

/** A home as its owner opens it. */
async function opened(o: Partial<HomeEmbedderOptions> = {}) {
  const embedder = await HomeEmbedder.open(options(o));
  const choir = await Choir.open({ backbone, ...(await embedder.place()) });
  embedder.start(choir);
  return {
    embedder,
    choir,
    async [Symbol.asyncDispose]() {
      await embedder[Symbol.asyncDispose]();
      await choir[Symbol.asyncDispose]();
    },
  };
}

const watching = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const choice = async (): Promise<Choice> => JSON.parse(await readFile(options().choicePath, "utf8"));

it("makes the index that a person asks for, and has it after a start", async () => {
  {
    await using open = await opened();
    await open.choir.publish({ markdown: "# Spring tides\n\nThe moon pulls.", author: "Ada", key: "a" }, ada);
    expect(await open.embedder.status()).toMatchObject({ model: "lexical-ngram-1", making: null, problem: null });
    expect(await open.embedder.reembed(NAME, watching())).toEqual({ model: NAME, dimensions: 1024, isNew: true });
    expect((await open.choir.search("moon"))[0]).toMatchObject({ mode: "semantic" });
    expect(await open.embedder.reembed(NAME, watching())).toMatchObject({ isNew: false });
  }
  expect(existsSync(options().index)).toBe(false);
  service.asked.length = 0;
  await using again = await opened();
  expect((await again.choir.search("moon"))[0]).toMatchObject({ mode: "semantic" });
  // Neither the dimensions nor the article had to be asked for: the question alone.
  expect(service.asked.map(({ texts }) => texts)).toEqual([["moon"]]);
});

it("answers by words with an index whose key is gone, and says why", async () => {
  await using open = await opened({ key: undefined });
  expect((await open.choir.search("moon"))[0]).toMatchObject({ title: "Spring tides", degraded: "words_only" });
  expect((await open.embedder.status()).problem).toMatch(/VOYAGE_API_KEY/);
});

it("refuses another embedder than that of the settings, an unknown one, and one without a key, and remembers none", async () => {
  await using open = await opened({ embedder: NAME });
  await expect(open.embedder.reembed("lexical", watching())).rejects.toMatchObject({ code: "bad_request" });
  const free = await HomeEmbedder.open(options({ key: undefined }));
  free.start(open.choir);
  await expect(free.reembed("nobody:x", watching())).rejects.toMatchObject({ code: "unknown_embedder" });
  await expect(free.reembed("cohere:embed-v4.0", watching())).rejects.toMatchObject({ code: "missing_key" });
  expect((await choice()).wanted).toBe(NAME);
});

it("goes on after a restart with what the settings want, in the background, and says what is in the way", async () => {
  service.failures.push(...Array.from({ length: 6 }, () => ({ status: 503 })));
  {
    await using open = await opened({ embedder: "cohere:embed-v4.0" });
    await vi.waitFor(async () => expect(service.asked.length).toBeGreaterThan(0), { timeout: 10_000 });
    expect((await open.embedder.status()).making).toMatchObject({ embedder: "cohere:embed-v4.0" });
  }
  expect((await choice()).active?.name).toBe(NAME);
  service.failures.length = 0;
  service.failures.push({ status: 401 });
  await using open = await opened({ embedder: "cohere:embed-9" });
  await vi.waitFor(async () => expect((await open.embedder.status()).problem).toMatch(/refuses the key/), {
    timeout: 10_000,
  });
  expect(indexOf("/x/choir.sqlite", NAME)).not.toBe(indexOf("/x/choir.sqlite", "cohere:embed-9"));
});

it("has its keys from the environment, where no child process finds them; a run's it leaves there", () => {
  const env: NodeJS.ProcessEnv = {
    ...{ VIBEWRITER_EMBEDDER_KEY: "a", QDRANT_API_KEY: "b", VOYAGE_API_KEY: "c", COHERE_API_KEY: "", HOME: "/" },
    OPENAI_API_KEY: "d",
  };
  expect(takeSearchKeys(env)).toEqual({ embedder: "a", qdrant: "b", services: { VOYAGE_API_KEY: "c" } });
  expect(env).toEqual({ HOME: "/", OPENAI_API_KEY: "d" });
});
