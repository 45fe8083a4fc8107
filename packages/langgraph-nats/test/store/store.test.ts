import { setTimeout as sleep } from "node:timers/promises";
import { DiscardPolicy } from "@nats-io/jetstream";
import { NatsStore, type NatsStoreOptions } from "@vibewriter/langgraph-nats/store";
import { TestServer } from "../nats-server.js";
import { StoreServer } from "./support.js";

const SECOND = 1 / 60;

const stores = new StoreServer();
const open = (options?: NatsStoreOptions) => stores.open(options);

beforeAll(() => stores.start());
afterAll(() => stores.end());

describe("namespaces and keys", () => {
  const odd = ["with spaces", "a.b:c", "*", ">", "=", " ", "naïve/😀", "x".repeat(10_240), "__proto__", "\r\n\0"];

  it.each(odd.map((label) => [label.slice(0, 30), label]))("keeps %j to itself", async (_, label) => {
    await using store = await open();
    await store.put(["a", label], label, { label });
    await store.put(["a", `${label}!`], label, { label: "another" });
    expect(await store.get(["a", label], label)).toMatchObject({
      namespace: ["a", label],
      key: label,
      value: { label },
    });
    expect((await store.search(["a", label])).map(({ value }) => value)).toEqual([{ label }]);
    expect(await store.listNamespaces({ suffix: [label] })).toEqual(label === "*" ? expect.anything() : [["a", label]]);
    await store.delete(["a", label], label);
    expect(await store.list(["a"])).toMatchObject([{ key: label, namespace: ["a", `${label}!`] }]);
  });

  it("keeps agents apart", async () => {
    await using one = await open();
    await using two = await open();
    await one.put(["a"], "key", { of: "one" });
    expect(await two.get(["a"], "key")).toBeNull();
    expect(await two.search([])).toEqual([]);
  });

  it("refuses what cannot be stored, with a sentence", async () => {
    await using store = await open();
    await expect(store.put(["a"], 7 as unknown as string, { a: 1 })).rejects.toMatchObject({ code: "invalid" });
    const deep = Array.from({ length: 500 }, () => "a deep label");
    await expect(store.put(deep, "key", { a: 1 })).rejects.toMatchObject({ code: "invalid", message: /fewer labels/ });
    await expect(store.search([7 as unknown as string])).rejects.toMatchObject({ name: "InvalidNamespaceError" });
  });
});

describe("versions", () => {
  it("are kept, newest first, with the deletion, and each can be read", async () => {
    await using store = await open();
    const one = await store.write(["notes"], "a", { text: "one" });
    const two = await store.write(["notes"], "a", { text: "two" });
    const gone = await store.write(["notes"], "a", null);
    const three = await store.write(["notes"], "a", { text: "three" });
    const history = await store.history(["notes"], "a");
    expect(history.map(({ version, value }) => [version, value])).toEqual([
      [three, { text: "three" }],
      [gone, null],
      [two, { text: "two" }],
      [one, { text: "one" }],
    ]);
    expect((await store.get(["notes"], "a"))?.version).toBe(three);
    expect((await store.getVersion(["notes"], "a", one))?.value).toEqual({ text: "one" });
    expect(await store.getVersion(["notes"], "a", gone)).toBeNull();
    expect(await store.getVersion(["notes"], "other", one)).toBeNull();
    expect(await store.getVersion(["notes"], "a", 10_000)).toBeNull();
    expect(await store.write(["notes"], "never", null)).toBe(0);
    expect(history[0]?.createdAt).not.toEqual(history[3]?.createdAt);
  });

  it("are compared before a write that asks for it", async () => {
    await using store = await open();
    const first = await store.write(["cas"], "a", { n: 1 }, { expectedVersion: 0 });
    await expect(store.write(["cas"], "a", { n: 9 }, { expectedVersion: 0 })).rejects.toMatchObject({
      code: "conflict",
    });
    const second = await store.write(["cas"], "a", { n: 2 }, { expectedVersion: first });
    const stale = store.write(["cas"], "a", null, { expectedVersion: first });
    await expect(stale).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`version ${second}`),
    });
    await store.write(["cas"], "a", null, { expectedVersion: second });
    await store.write(["cas"], "a", { n: 3 }, { expectedVersion: 0 });
    expect((await store.get(["cas"], "a"))?.value).toEqual({ n: 3 });
  });

  it("let exactly one of several processes win", async () => {
    await using store = await open();
    const others = await Promise.all(Array.from({ length: 4 }, () => stores.again()));
    let version = 0;
    for (let round = 0; round < 25; round += 1) {
      const tries = await Promise.allSettled(
        others.map((other, by) => other.write(["race"], "a", { round, by }, { expectedVersion: version })),
      );
      const won = tries.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      expect(won).toHaveLength(1);
      for (const each of tries) if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "conflict" });
      version = won[0] ?? 0;
    }
    expect(await store.history(["race"], "a")).toHaveLength(25);
    // Without an expectation all of them are stored, one on top of the other.
    await Promise.all(others.map((other, by) => other.put(["race"], "b", { by })));
    expect(await store.history(["race"], "b")).toHaveLength(4);
    for (const other of others) await other.end();
  });

  it("are bounded: the oldest make room", async () => {
    await using store = await open();
    for (let n = 0; n < 70; n += 1) await store.put(["many"], "a", { n });
    const history = await store.history(["many"], "a");
    expect(history.map(({ value }) => value?.n)).toEqual(Array.from({ length: 64 }, (_, back) => 69 - back));
  });
});

describe("time to live", () => {
  it("ends an item, for reads, searches and lists", async () => {
    await using store = await open({ ttl: { defaultTtl: SECOND, refreshOnRead: false } });
    await store.put(["short"], "a", { n: 1 });
    await store.write(["short"], "b", { n: 2 }, { ttl: 10 });
    const item = await store.get(["short"], "a");
    expect(item?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
    expect(await store.search(["short"])).toHaveLength(2);
    await sleep(1_100);
    expect(await store.get(["short"], "a")).toBeNull();
    expect((await store.search(["short"])).map(({ key }) => key)).toEqual(["b"]);
    expect((await store.list(["short"])).map(({ key }) => key)).toEqual(["b"]);
    await store.write(["short"], "a", { n: 3 }, { expectedVersion: 0 });
    expect((await store.get(["short"], "a"))?.value).toEqual({ n: 3 });
  });

  it("has the message removed by a server that can", async ({ skip }) => {
    await using store = await open();
    await store.write(["short"], "a", { n: 1 }, { ttl: SECOND });
    skip(
      (await stores.server.streamConfig("VIBEWRITER_MEMORY")).allow_msg_ttl !== true,
      "this server is older than 2.11",
    );
    for (let tries = 0; (await store.history(["short"], "a")).length > 0; tries += 1) {
      expect(tries, "the server did not remove it").toBeLessThan(50);
      await sleep(200);
    }
  });

  it("needs no server that can: a sweep removes the message", async () => {
    await using own = await TestServer.start();
    const plain = { subjects: ["vibewriter.memory.>"], discard: DiscardPolicy.New, allow_direct: true };
    await own.addStream({ name: "VIBEWRITER_MEMORY", ...plain });
    await using store = await NatsStore.fromUrl(own.url);
    await store.setup();
    await store.write(["short"], "a", { n: 1 }, { ttl: SECOND });
    await sleep(4_500);
    expect(await store.get(["short"], "a")).toBeNull();
    expect(await store.history(["short"], "a")).toHaveLength(1);
    await store.sweep();
    expect(await store.history(["short"], "a")).toEqual([]);
  });

  it("starts anew with each read", async () => {
    await using store = await open({ ttl: { defaultTtl: 2 * SECOND } });
    const version = await store.write(["read"], "a", { n: 1 });
    await store.put(["read"], "b", { n: 2 });
    for (let reads = 0; reads < 4; reads += 1) {
      await sleep(700);
      expect(await store.get(["read"], "a"), `read ${reads}`).toMatchObject({ version, value: { n: 1 } });
      if (reads === 1) expect(await store.search(["read"], { filter: { n: 2 } })).toHaveLength(1);
    }
    expect(await store.history(["read"], "a")).toHaveLength(1);
    expect((await store.getVersion(["read"], "a", version))?.value).toEqual({ n: 1 });
    await sleep(2_100);
    expect(await store.search(["read"])).toEqual([]);
  });

  it("never brings back what was there before, and a sweep removes all of it", async () => {
    await using store = await open();
    await store.write(["back"], "a", { n: "for ever" });
    await store.write(["back"], "a", { n: "for a second" }, { ttl: SECOND });
    await sleep(4_500);
    expect(await store.get(["back"], "a")).toBeNull();
    expect(await store.search(["back"])).toEqual([]);
    expect(await store.history(["back"], "a")).toHaveLength(2);
    await store.put(["back"], "b", { n: 1 });
    await store.sweep();
    expect(await store.history(["back"], "a")).toEqual([]);
    expect(await store.get(["back"], "b")).not.toBeNull();
  });
});
