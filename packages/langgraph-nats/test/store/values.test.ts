import { readFile } from "node:fs/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { NatsSaverError } from "@vibewriter/langgraph-nats";
import { NatsStore, type NatsStoreOptions } from "@vibewriter/langgraph-nats/store";
import { TestServer } from "../nats-server.js";
import { DIMS, WordEmbedder } from "./embedder.js";
import { StoreServer } from "./support.js";

const stores = new StoreServer();
const open = (options?: NatsStoreOptions) => stores.open(options);

beforeAll(() => stores.start());
afterAll(() => stores.end());

describe("search by meaning", () => {
  const index = () => ({ dims: DIMS, embeddings: new WordEmbedder(), fields: ["text"] });

  it("sees at once what another process has stored, changed and deleted", async () => {
    await using one = await open({ index: index() });
    await using two = await stores.again({ index: index() });
    for (let round = 0; round < 20; round += 1) {
      await one.put(["w"], `k${round}`, { text: "winter apples" });
      const keys = (await two.search(["w"], { query: "apples", limit: 100 })).map(({ key }) => key);
      expect(keys).toContain(`k${round}`);
      if (round % 3 === 0) await two.delete(["w"], `k${round}`);
      const left = (await one.search(["w"], { query: "apples", limit: 100 })).map(({ key }) => key);
      expect(left.includes(`k${round}`)).toBe(round % 3 !== 0);
    }
  });

  it("is there again in a new process, without embedding anything again", async () => {
    await using one = await open({ index: index() });
    for (let n = 0; n < 30; n += 1) await one.put(["w"], `k${n}`, { text: n === 17 ? "quinces" : `pears ${n}` });
    const fresh = index();
    await using two = await stores.again({ index: fresh });
    expect((await two.search(["w"], { query: "quinces", limit: 1 }))[0]).toMatchObject({ key: "k17" });
    expect(fresh.embeddings.embedded).toBe(0);
  });

  it("compares vectors of its own model only", async () => {
    await using one = await open({ index: index() });
    await one.put(["w"], "old", { text: "apples" });
    const other = { ...index(), embeddings: new WordEmbedder("another model") };
    await using two = await stores.again({ index: other });
    await two.put(["w"], "new", { text: "apples" });
    const scores = (await two.search(["w"], { query: "apples" })).map(({ key, score }) => [key, score]);
    expect(scores).toEqual([
      ["new", expect.closeTo(1)],
      ["old", undefined],
    ]);
  });

  it("refuses an embedder that gives other dimensions, and stores nothing then", async () => {
    await using store = await open({ index: { ...index(), dims: 3 } });
    await expect(store.put(["w"], "a", { text: "x" })).rejects.toMatchObject({ code: "invalid" });
    expect(await store.get(["w"], "a")).toBeNull();
  });
});

describe("large, screened and damaged values", () => {
  it.each([7_000, 9_000, 250_000, 300_000, 3_000_000])("keeps %i characters", async (size) => {
    await using store = await open({ index: { dims: DIMS, embeddings: new WordEmbedder(), fields: ["title"] } });
    const text = "é".repeat(size / 2);
    await store.put(["large"], "a", { text, title: "big" });
    await store.put(["large"], "a", { text: `${text}!`, title: "bigger" });
    await using other = await stores.again();
    expect((await other.get(["large"], "a"))?.value.text === `${text}!`).toBe(true);
    expect((await other.search(["large"], { filter: { title: "bigger" } }))[0]?.value.text === `${text}!`).toBe(true);
    expect((await other.history(["large"], "a")).map(({ value }) => value?.text.length)).toEqual([
      text.length + 1,
      text.length,
    ]);
  });

  it("stores what the screen lets through, and searches that", async () => {
    const embeddings = new WordEmbedder();
    const screen = (bytes: Uint8Array) =>
      new Uint8Array(Buffer.from(Buffer.from(bytes).toString().replaceAll("hunter", "secret")));
    await using store = await open({ screen, index: { dims: DIMS, embeddings, fields: ["text"] } });
    await store.put(["s"], "a", { text: "hunter" });
    expect((await store.get(["s"], "a"))?.value).toEqual({ text: "secret" });
    expect((await store.search(["s"], { query: "secret" }))[0]?.score).toBeCloseTo(1);
    expect((await store.search(["s"], { query: "hunter" }))[0]?.score).toBeCloseTo(0);
    const messages = await readFile(
      `${stores.server.directory}/data/jetstream/$G/streams/VIBEWRITER_MEMORY/msgs/1.blk`,
    );
    expect(messages.includes("secret")).toBe(true);
    expect(messages.includes("hunter")).toBe(false);
  });

  it("reports a damaged item, leaves it out and keeps the rest readable; a new version mends it", async () => {
    const reports: NatsSaverError[] = [];
    await using store = await open({ onDamaged: (error) => reports.push(error) });
    const { agent } = stores;
    await store.put(["d"], "whole", { n: 1 });
    await store.put(["d"], "bad", { n: 2, pad: "x".repeat(100) });
    const connection = await connect({ servers: stores.server.url });
    const manager = await jetstreamManager(connection);
    const subject = `vibewriter.memory.${agent.replace(" ", "=20")}.d.bad`;
    const message = await manager.streams.getMessage("VIBEWRITER_MEMORY", { last_by_subj: subject });
    const bytes = Uint8Array.from(message?.data ?? []);
    bytes.set([0], bytes.length - 20);
    await manager.jetstream().publish(subject, bytes);
    await expect(store.get(["d"], "bad")).rejects.toMatchObject({ code: "corrupt", message: /"bad".*\[d\]/ });
    expect((await store.search(["d"])).map(({ key }) => key)).toEqual(["whole"]);
    expect(reports.map(({ code }) => code)).toEqual(["corrupt"]);
    await manager.jetstream().publish(subject, "no item at all");
    await expect(store.get(["d"], "bad")).rejects.toMatchObject({ code: "corrupt" });
    expect((await store.search(["d"])).map(({ key }) => key)).toEqual(["whole"]);
    await store.put(["d"], "bad", { n: 3 });
    expect((await store.search(["d"])).map(({ key }) => key).sort()).toEqual(["bad", "whole"]);
    expect((await store.history(["d"], "bad")).map(({ value }) => value?.n)).toEqual([3, 2]);
    await connection.close();
  });

  it("removes large values that no version holds any more, after an hour", async () => {
    await using own = await TestServer.start();
    await using store = await NatsStore.fromUrl(own.url);
    await store.setup({ history: 2 });
    for (let n = 0; n < 4; n += 1) await store.put(["o"], "a", { n, text: `${n}`.repeat(400_000) });
    const connection = await connect({ servers: own.url });
    const bytes = async () => {
      const { streams } = await jetstreamManager(connection);
      return (await streams.info("OBJ_VIBEWRITER_MEMORY")).state.bytes;
    };
    const before = await bytes();
    await store.sweep();
    expect(await bytes()).toBe(before);
    vi.useFakeTimers({ now: Date.now() + 2 * 60 * 60_000, toFake: ["Date"] });
    try {
      await store.sweep();
    } finally {
      vi.useRealTimers();
    }
    expect(await bytes()).toBeLessThan(before * 0.6);
    expect((await store.history(["o"], "a")).map(({ value }) => value?.n)).toEqual([3, 2]);
    await connection.close();
  });
});
