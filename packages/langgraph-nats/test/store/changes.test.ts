import { setTimeout as sleep } from "node:timers/promises";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { NatsStore } from "@vibewriter/langgraph-nats/store";
import { TestServer } from "../nats-server.js";
import { StoreServer } from "./support.js";

const stores = new StoreServer();

beforeAll(() => stores.start());
afterAll(() => stores.end());

describe("watching", () => {
  it("tells every change under a prefix once, in order, and what was before if it is asked", async () => {
    await using store = await stores.open();
    const stop = new AbortController();
    const first = await store.write(["w", "a"], "before", { n: 0 });
    const live: string[] = [];
    const all: string[] = [];
    const reading = [
      collect(store.watch(["w"], { signal: stop.signal }), live, 3, stop),
      collect(store.watch(["w"], { signal: stop.signal, since: first - 1 }), all, 4, stop),
    ];
    await store.put(["elsewhere"], "x", { n: 1 });
    await store.put(["w", "a"], "one", { n: 1 });
    await store.put(["w"], "two", { n: 2 });
    await store.delete(["w", "a"], "one");
    await Promise.all(reading);
    expect(live).toEqual(["w/a/one", "w/two", "w/a/one gone"]);
    expect(all).toEqual(["w/a/before", ...live]);
    stop.abort();
  });
});

describe("a server that is killed", () => {
  it("loses nothing that was acknowledged, and the index goes on", async () => {
    await using own = await TestServer.start();
    await using store = await NatsStore.fromUrl(own.url);
    await store.setup();
    await store.search([]);
    let stored = 0;
    let running = true;
    const writer = (async () => {
      while (running || stored < 10) {
        await store.write(["k"], `key ${stored}`, { n: stored }, { expectedVersion: 0 });
        stored += 1;
      }
    })();
    const changes: string[] = [];
    const stop = new AbortController();
    const watching = collect(store.watch(["k"], { signal: stop.signal, since: 0 }), changes, Number.MAX_VALUE, stop);
    for (let kill = 0; kill < 2; kill += 1) {
      await sleep(300);
      await own.kill("SIGKILL");
      await sleep(200);
      await own.run();
      await store.search([]);
    }
    await sleep(200);
    running = false;
    await writer;
    const found = await store.search(["k"], { limit: stored + 1 });
    expect(found.map(({ key }) => key)).toEqual(Array.from({ length: stored }, (_, n) => `key ${n}`));
    for (let tries = 0; changes.length < stored && tries < 100; tries += 1) await sleep(100);
    stop.abort();
    await watching;
    expect(changes).toEqual(found.map(({ key }) => `k/${key}`));
  });

  it("says so when setup() is missing, or the stream could lose items", async () => {
    await using own = await TestServer.start();
    await using store = await NatsStore.fromUrl(own.url);
    await expect(store.get(["a"], "b")).rejects.toMatchObject({ code: "not_set_up" });
    await own.addStream({ name: "VIBEWRITER_MEMORY", subjects: ["vibewriter.memory.>"], max_age: 60_000_000_000 });
    await expect(store.setup()).rejects.toMatchObject({ code: "unsuitable", message: /maximum age/ });
  });
});

describe("a graph", () => {
  it("remembers across threads with it", async () => {
    await using store = await stores.open();
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("remember", async (_state, config) => {
        const { value } = (await config.store?.get(["visits"], "count")) ?? { value: { n: 0 } };
        await config.store?.put(["visits"], "count", { n: value.n + 1 });
        return {};
      })
      .addEdge(START, "remember")
      .addEdge("remember", END)
      .compile({ store });
    await graph.invoke({ messages: [] });
    await graph.invoke({ messages: [] });
    expect((await store.get(["visits"], "count"))?.value).toEqual({ n: 2 });
  });
});

async function collect(
  changes: ReturnType<NatsStore["watch"]>,
  into: string[],
  count: number,
  stop: AbortController,
): Promise<void> {
  for await (const { namespace, key, deleted } of changes) {
    into.push(`${[...namespace, key].join("/")}${deleted ? " gone" : ""}`);
    if (into.length >= count || stop.signal.aborted) return;
  }
}
