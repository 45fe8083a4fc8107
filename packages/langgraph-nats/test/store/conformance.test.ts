import { type BaseStore, InMemoryStore } from "@langchain/langgraph-checkpoint";
import type { NatsStore } from "@vibewriter/langgraph-nats/store";
import { DIMS, WordEmbedder } from "./embedder.js";
import { StoreServer } from "./support.js";

// What LangGraph's own store does in memory is what a store does: the same cases against both.
const server = new StoreServer();
const opened: NatsStore[] = [];

beforeAll(() => server.start());
afterAll(() => server.end());

type Index = NonNullable<ConstructorParameters<typeof InMemoryStore>[0]>["index"];

const STORES: [string, (index?: Index) => Promise<BaseStore>][] = [
  ["InMemoryStore", async (index) => new InMemoryStore(index === undefined ? {} : { index })],
  [
    "NatsStore",
    async (index) => {
      const store = await server.open(index === undefined ? {} : { index });
      opened.push(store);
      return store;
    },
  ],
];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.end();
});

describe.each(STORES)("%s", (_, open) => {
  it("puts, gets, replaces and deletes an item", async () => {
    const store = await open();
    const start = Date.now();
    await store.put(["users", "ann"], "likes", { food: "pears", deep: { list: [1, null, "x"] } });
    const first = await store.get(["users", "ann"], "likes");
    expect(first).toMatchObject({
      namespace: ["users", "ann"],
      key: "likes",
      value: { food: "pears", deep: { list: [1, null, "x"] } },
    });
    expect(first?.createdAt).toEqual(first?.updatedAt);
    expect(first?.createdAt.getTime()).toBeGreaterThanOrEqual(start);
    const createdAt = first?.createdAt;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.put(["users", "ann"], "likes", { food: "plums" });
    const second = await store.get(["users", "ann"], "likes");
    expect(second?.value).toEqual({ food: "plums" });
    expect(second?.createdAt).toEqual(createdAt);
    expect(second?.updatedAt.getTime()).toBeGreaterThan(createdAt?.getTime() ?? 0);
    await store.delete(["users", "ann"], "likes");
    expect(await store.get(["users", "ann"], "likes")).toBeNull();
    await store.delete(["users", "ann"], "likes");
    await store.delete(["never"], "there");
  });

  it("tells no item from none, in namespaces that look alike", async () => {
    const store = await open();
    await store.put(["a"], "b", { at: "a/b" });
    await store.put(["a", "b"], "c", { at: "a/b/c" });
    await store.put(["ab"], "c", { at: "ab/c" });
    expect((await store.get(["a"], "b"))?.value).toEqual({ at: "a/b" });
    expect(await store.get(["a", "b"], "b")).toBeNull();
    expect(await store.get(["a", "b", "c"], "c")).toBeNull();
    expect(found(await store.search(["a"]))).toEqual(["a/b", "a/b/c"]);
    expect(found(await store.search(["a", "b"]))).toEqual(["a/b/c"]);
    expect(found(await store.search(["a", "b", "c"]))).toEqual([]);
    expect(found(await store.search(["ab"]))).toEqual(["ab/c"]);
  });

  it.each([[[]], [["a", ""]], [["langgraph", "x"]]])("refuses to put into %j", async (namespace) => {
    const store = await open();
    await expect(store.put(namespace, "key", { a: 1 })).rejects.toMatchObject({ name: "InvalidNamespaceError" });
  });

  it("finds what a filter asks for", async () => {
    const store = await open();
    const items = [
      { name: "a", n: 1, kind: "fruit", nested: { deep: 1 } },
      { name: "b", n: 2, kind: "fruit", none: null },
      { name: "c", n: 3, kind: "root" },
      { name: "d", n: "4", kind: "root" },
      { name: "e" },
    ];
    for (const item of items) await store.put(["things"], item.name, item);
    const names = async (filter: Record<string, unknown>) =>
      (await store.search(["things"], { filter })).map(({ key }) => key);
    expect(await names({})).toEqual(["a", "b", "c", "d", "e"]);
    expect(await names({ kind: "fruit" })).toEqual(["a", "b"]);
    expect(await names({ kind: "fruit", n: 2 })).toEqual(["b"]);
    expect(await names({ n: { $eq: 3 } })).toEqual(["c"]);
    expect(await names({ n: { $ne: 3 } })).toEqual(["a", "b", "d", "e"]);
    expect(await names({ n: { $gt: 2 } })).toEqual(["c", "d"]);
    expect(await names({ n: { $gte: 2, $lt: 4 } })).toEqual(["b", "c"]);
    expect(await names({ n: { $lte: 1 } })).toEqual(["a"]);
    expect(await names({ kind: { $in: ["root", "leaf"] } })).toEqual(["c", "d"]);
    expect(await names({ kind: { $nin: ["root"] } })).toEqual(["a", "b", "e"]);
    expect(await names({ none: null })).toEqual(["b"]);
    expect(await names({ nested: { deep: 1 } })).toEqual([]);
    expect(await names({ "nested.deep": 1 })).toEqual([]);
    expect(await names({ n: {} })).toEqual(["a", "b", "c", "d", "e"]);
    expect(await names({ toString: { $ne: 1 } })).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("gives out pages", async () => {
    const store = await open();
    for (let n = 0; n < 25; n += 1) await store.put(["pages"], `p${n}`, { n, even: n % 2 === 0 });
    const page = async (options: { limit?: number; offset?: number; filter?: Record<string, unknown> }) =>
      (await store.search(["pages"], options)).map(({ value }) => value.n);
    expect(await page({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await page({ limit: 3, offset: 4 })).toEqual([4, 5, 6]);
    expect(await page({ limit: 3, offset: 4, filter: { even: true } })).toEqual([8, 10, 12]);
    expect(await page({ limit: 100, offset: 20 })).toEqual([20, 21, 22, 23, 24]);
    expect(await page({ offset: 30 })).toEqual([]);
  });

  it("lists namespaces by prefix, suffix, depth and page", async () => {
    const store = await open();
    for (const namespace of ["a/b/c", "a/b/d/e", "a/b/d/i", "a/b/f", "a/c/f", "b/a/f", "users/123"]) {
      await store.put(namespace.split("/"), "key", { here: true });
    }
    const list = async (options?: Parameters<BaseStore["listNamespaces"]>[0]) =>
      (await store.listNamespaces(options)).map((namespace) => namespace.join("/"));
    expect(await list()).toEqual(["a/b/c", "a/b/d/e", "a/b/d/i", "a/b/f", "a/c/f", "b/a/f", "users/123"]);
    expect(await list({ prefix: ["a", "b"] })).toEqual(["a/b/c", "a/b/d/e", "a/b/d/i", "a/b/f"]);
    expect(await list({ suffix: ["f"] })).toEqual(["a/b/f", "a/c/f", "b/a/f"]);
    expect(await list({ prefix: ["a"], suffix: ["f"] })).toEqual(["a/b/f", "a/c/f"]);
    expect(await list({ prefix: ["a", "*", "f"] })).toEqual(["a/b/f", "a/c/f"]);
    expect(await list({ suffix: ["*", "f"] })).toEqual(["a/b/f", "a/c/f", "b/a/f"]);
    expect(await list({ maxDepth: 2 })).toEqual(["a/b", "a/c", "b/a", "users/123"]);
    expect(await list({ prefix: ["a"], maxDepth: 3 })).toEqual(["a/b/c", "a/b/d", "a/b/f", "a/c/f"]);
    expect(await list({ limit: 2, offset: 1 })).toEqual(["a/b/d/e", "a/b/d/i"]);
    expect(await list({ prefix: ["nowhere"] })).toEqual([]);
    expect(await list({ prefix: ["a", "b", "c", "d", "e"] })).toEqual([]);
  });

  it("runs a batch: reads see what was there before, the last of several writes counts", async () => {
    const store = await open();
    await store.put(["batch"], "old", { n: 0 });
    const results = await store.batch([
      { namespace: ["batch"], key: "old" },
      { namespace: ["batch"], key: "old", value: { n: 1 } },
      { namespace: ["batch"], key: "new", value: { n: 2 } },
      { namespacePrefix: ["batch"] },
      { namespace: ["batch"], key: "new", value: { n: 3 } },
      { matchConditions: [{ matchType: "prefix", path: ["batch"] }], limit: 10, offset: 0 },
    ]);
    expect(results[0]).toMatchObject({ key: "old" });
    expect(results[3]).toHaveLength(1);
    expect(results[5]).toEqual([["batch"]]);
    expect((await store.get(["batch"], "old"))?.value).toEqual({ n: 1 });
    expect((await store.get(["batch"], "new"))?.value).toEqual({ n: 3 });
    await store.batch([{ namespace: ["batch"], key: "new", value: null }]);
    expect(await store.get(["batch"], "new")).toBeNull();
  });

  it("finds by meaning, the closest first, with its cosine, and by filter too", async () => {
    const store = await open({ dims: DIMS, embeddings: new WordEmbedder(), fields: ["text"] });
    await store.put(["docs"], "cats", { text: "cats chase small mice", lang: "en" });
    await store.put(["docs"], "dogs", { text: "dogs chase cats", lang: "en" });
    await store.put(["docs"], "tax", { text: "income tax law", lang: "en" });
    await store.put(["docs"], "katzen", { text: "cats chase", lang: "de" });
    await store.put(["docs"], "plain", { text: "cats chase", lang: "en" }, false);
    await store.put(["elsewhere"], "cats", { text: "cats chase" });
    const results = await store.search(["docs"], { query: "cats chase" });
    expect(results.map(({ key }) => key)).toEqual(["katzen", "dogs", "cats", "tax", "plain"]);
    expect(results.map(({ score }) => score?.toFixed(4))).toEqual(["1.0000", "0.8165", "0.7071", "0.0000", undefined]);
    const english = await store.search(["docs"], { query: "cats chase", filter: { lang: "en" }, limit: 2 });
    expect(english.map(({ key }) => key)).toEqual(["dogs", "cats"]);
    const next = await store.search(["docs"], { query: "cats chase", limit: 2, offset: 1 });
    expect(next.map(({ key }) => key)).toEqual(["dogs", "cats"]);
    const all = await store.search(["docs"], { limit: 2 });
    expect(all.map(({ key, score }) => [key, score])).toEqual([
      ["cats", undefined],
      ["dogs", undefined],
    ]);
    await store.put(["docs"], "tax", { text: "cats chase" });
    expect((await store.search(["docs"], { query: "cats chase", limit: 2 })).map(({ key }) => key)).toEqual(
      expect.arrayContaining(["tax", "katzen"]),
    );
  });

  it("indexes the paths that are asked for: nested, of lists, several", async () => {
    const store = await open({ dims: DIMS, embeddings: new WordEmbedder(), fields: ["meta.title", "parts[*].text"] });
    const value = {
      meta: { title: "whales" },
      parts: [{ text: "sharks" }, { text: "squids" }],
      other: { a: "corals", b: { c: "anemones" } },
      list: ["lobsters", "last"],
    };
    const score = async (query: string) => (await store.search([], { query }))[0]?.score ?? 0;
    await store.put(["sea"], "book", value);
    expect([await score("whales"), await score("squids")]).toEqual([expect.closeTo(1), expect.closeTo(1)]);
    expect(await score("corals")).toBeCloseTo(0);
    await store.delete(["sea"], "book");
    await store.put(["land"], "book", value, ["{other.a,other.b.c}", "list[-1]"]);
    for (const word of ["corals", "anemones", "last"]) expect(await score(word), word).toBeCloseTo(1);
    expect(await score("lobsters")).toBeCloseTo(0);
  });

  it("makes one of many writes at once win, whole", async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 40 }, (_, n) => store.put(["race"], "key", { n, again: n })));
    const item = await store.get(["race"], "key");
    expect(item?.value.n).toBe(item?.value.again);
    expect(await store.search(["race"])).toHaveLength(1);
  });
});

function found(items: { value: Record<string, unknown> }[]): unknown[] {
  return items.map(({ value }) => value.at);
}
