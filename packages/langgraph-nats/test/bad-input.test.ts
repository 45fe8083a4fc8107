import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { jetstream } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { connect } from "@nats-io/transport-node";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { collect, metadata, noise, threadConfig } from "./helpers.js";
import { freePort, TestServer } from "./nats-server.js";

let server: TestServer;
let saver: NatsSaver;

beforeAll(async () => {
  server = await TestServer.start();
  saver = await NatsSaver.fromUrl(server.url);
  await saver.setup();
});

afterAll(async () => {
  await saver?.end();
  await server?.[Symbol.asyncDispose]();
});

describe("a damaged value", () => {
  it("is noticed by its hash and named; what does not need it stays readable", async () => {
    const text = noise(200_000);
    const steps = await chain("blob", [{ a: 1 }, { a: 2, text }, { a: 3, text: "short" }]);
    const [subject = ""] = await server.subjects("vibewriter.state.default.blob.=.b.*");
    await server.publish(subject, "\u0000something else");
    await using fresh = await NatsSaver.fromUrl(server.url);
    await expect(fresh.getTuple(steps[1] ?? {})).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringMatching(/channel "text" is damaged: a part does not match its hash/),
    });
    expect((await fresh.getTuple(steps[0] ?? {}))?.checkpoint.channel_values).toEqual({ a: 1 });
    expect((await fresh.getTuple(threadConfig("blob")))?.checkpoint.channel_values).toEqual({ a: 3, text: "short" });
  });

  it("is noticed in the object store too", async () => {
    await chain("object", [{ text: noise(900_000) }]);
    const connection = await connect({ servers: server.url });
    const objects = await new Objm(jetstream(connection)).open("VIBEWRITER_STATE");
    const [object] = (await objects.list()).filter(({ name }) => name.includes("/object/"));
    await objects.putBlob({ name: object?.name ?? "" }, Buffer.from("something else"));
    await connection.close();
    await expect(saver.getTuple(threadConfig("object"))).rejects.toMatchObject({ code: "corrupt" });
  });
});

describe("a clock that jumps", () => {
  it("hides no checkpoint, whatever time its id tells", async () => {
    const years = [1990, 2190, 2000, 2100, 2020];
    const ids = Array.from({ length: 100 }, (_, step) => {
      const year = years[step / 20];
      return year === undefined ? uuid6(step) : idOf(Date.UTC(year, 0), step);
    });
    let at = threadConfig("jumps");
    for (const [step, id] of ids.entries()) {
      await saver.put(at, { ...emptyCheckpoint(), id }, metadata(step), {});
      at = { configurable: { ...at.configurable, checkpoint_id: id } as typeof at.configurable };
    }
    await using fresh = await NatsSaver.fromUrl(server.url);
    for (const step of [0, 1, 20, 40, 60, 80, 99]) {
      const one = { configurable: { ...threadConfig("jumps").configurable, checkpoint_id: ids[step] } };
      expect((await fresh.getTuple(one))?.metadata?.step).toBe(step);
    }
    expect((await fresh.getTuple(threadConfig("jumps")))?.metadata?.step).toBe(99);
    const all = (await collect(fresh.list(threadConfig("jumps")))).map((tuple) => tuple.metadata?.step);
    expect(all).toEqual(Array.from({ length: 100 }, (_, index) => 99 - index));
    await fresh.put(at, { ...emptyCheckpoint(), id: idOf(Date.UTC(1980, 0), 0) }, metadata(100), {});
    expect((await saver.getTuple(threadConfig("jumps")))?.metadata?.step).toBe(100);
  });
});

describe("a server that cannot do it", () => {
  // Both wait out the 20 s: side by side.
  it.concurrent("is given up after 20 s when it is gone, and the same call succeeds when it is back", async () => {
    await using own = await TestServer.start();
    await using writer = await NatsSaver.fromUrl(own.url);
    await writer.setup();
    const first = await writer.put(threadConfig("t"), emptyCheckpoint(), metadata(0), {});
    await own.kill();
    const next = { ...emptyCheckpoint(), id: uuid6(1) };
    await expect(writer.put(first, next, metadata(1), {})).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("20 s"),
    });
    await own.run();
    await writer.put(first, next, metadata(1), {});
    expect((await collect(writer.list(threadConfig("t")))).map(({ metadata }) => metadata?.step)).toEqual([1, 0]);
  }, 90_000);

  it.concurrent("is given up when it has lost the others of its cluster, and the same call succeeds when they are back", async () => {
    const routes = await Promise.all([freePort(), freePort(), freePort()]);
    const servers = await Promise.all(
      routes.map((route, index) => {
        const others = routes.map((port) => `nats://127.0.0.1:${port}`).join(", ");
        const cluster = `cluster { name: c, listen: "127.0.0.1:${route}", routes: [${others}] }`;
        return TestServer.start({ extra: `server_name: s${index}\n${cluster}` });
      }),
    );
    try {
      const url = `nats://${servers.map((each) => each.url.slice("nats://".length)).join(",")}`;
      await using writer = await NatsSaver.fromUrl(url);
      await writer.setup({ replicas: 3 });
      const first = await writer.put(threadConfig("t"), emptyCheckpoint(), metadata(0), {});
      await Promise.all(servers.slice(1).map((each) => each.kill()));
      const next = { ...emptyCheckpoint(), id: uuid6(1) };
      await expect(writer.put(first, next, metadata(1), {})).rejects.toMatchObject({ code: "unavailable" });
      await Promise.all(servers.slice(1).map((each) => each.run()));
      await writer.put(first, next, metadata(1), {});
      expect((await collect(writer.list(threadConfig("t")))).map(({ metadata }) => metadata?.step)).toEqual([1, 0]);
    } finally {
      await Promise.all(servers.map((each) => each[Symbol.asyncDispose]()));
    }
  }, 120_000);

  it("says that the storage of the account is full, and keeps what it has", async () => {
    const accounts = `accounts { A { jetstream { max_store: 400KB }, users: [{ user: a, password: b }] } }`;
    await using own = await TestServer.start({ extra: accounts });
    await using writer = await NatsSaver.fromUrl(own.url.replace("nats://", "nats://a:b@"));
    await writer.setup();
    const fill = chain(
      "t",
      Array.from({ length: 12 }, () => ({ text: noise(60_000) })),
      writer,
    );
    await expect(fill).rejects.toMatchObject({ code: "storage_full" });
    expect((await writer.getTuple(threadConfig("t")))?.checkpoint.channel_values.text).toHaveLength(60_000);
    await writer.deleteThread("t");
    await chain("t", [{ text: noise(60_000) }], writer);
  });

  it("refuses a user who may not write", async () => {
    const users = [
      "{ user: writer, password: w }",
      '{ user: reader, password: r, permissions { publish: { allow: ["$JS.API.>"] } } }',
    ];
    await using own = await TestServer.start({ extra: `authorization { users: [${users.join(", ")}] }` });
    await using writer = await NatsSaver.fromUrl(own.url.replace("nats://", "nats://writer:w@"));
    await writer.setup();
    await using reader = await NatsSaver.fromUrl(own.url.replace("nats://", "nats://reader:r@"));
    await writer.put(threadConfig("t"), emptyCheckpoint(), metadata(0), {});
    const head = await reader.getTuple(threadConfig("t"));
    const next = { ...emptyCheckpoint(), id: uuid6(1) };
    await expect(reader.put(head?.config ?? {}, next, metadata(1), {})).rejects.toMatchObject({ code: "refused" });
  });

  it("is a tier of its own when it is old, and everything works", async () => {
    expect(saver.tier).toBe("full");
    const connection = await connect({ servers: server.url });
    const { info } = connection;
    if (info !== undefined) info.version = "2.9.10";
    const old = NatsSaver.fromConnection(connection);
    expect(old.tier).toBe("degraded");
    const steps = await chain("old", [{ a: 1 }, { a: 2 }, { a: 3 }], old);
    await old.putWrites(steps[1] ?? {}, [["a", "x"]], "task");
    const again = NatsSaver.fromConnection(connection);
    expect((await again.getTuple(steps[1] ?? {}))?.pendingWrites).toEqual([["task", "a", "x"]]);
    expect(await collect(again.list(threadConfig("old")))).toHaveLength(3);
    await connection.close();
  });
});

/** A thread of such states; gives the config of each. */
async function chain(thread: string, states: Record<string, unknown>[], writer: NatsSaver = saver) {
  const configs: ReturnType<typeof threadConfig>[] = [];
  let at = threadConfig(thread);
  for (const [step, values] of states.entries()) {
    const versions = Object.fromEntries(Object.keys(values).map((name) => [name, step + 1]));
    const next = { ...emptyCheckpoint(), id: uuid6(step), channel_values: values, channel_versions: versions };
    await writer.put(at, next, metadata(step), versions);
    at = { configurable: { ...at.configurable, checkpoint_id: next.id } as typeof at.configurable };
    configs.push(at);
  }
  return configs;
}

/** A version 6 UUID that says it was made then. */
function idOf(time: number, counter: number): string {
  const ticks = (BigInt(time) * 10_000n + 122_192_928_000_000_000n).toString(16).padStart(15, "0");
  const end = counter.toString(16).padStart(12, "0");
  return `${ticks.slice(0, 8)}-${ticks.slice(8, 12)}-6${ticks.slice(12)}-8000-${end}`;
}
