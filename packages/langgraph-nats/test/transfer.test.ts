import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { DiscardPolicy } from "@nats-io/jetstream";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { collect, metadata, noise, threadConfig } from "./helpers.js";
import { TestServer } from "./nats-server.js";

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

describe("a thread as a file", () => {
  it("comes back elsewhere with all its namespaces, branches, writes and large values, and goes on", async () => {
    await write("whole");
    const bytes = Buffer.concat(await collect(saver.exportThread("whole")));
    await using elsewhere = await TestServer.start();
    await using other = await NatsSaver.fromUrl(elsewhere.url, { agent: "other" });
    await other.setup();
    expect(await other.importThread(inParts(bytes, 1_000))).toEqual({ thread: "whole", checkpoints: 15 });
    expect(await all(other, "whole")).toEqual(await all(saver, "whole"));
    // What is the same in several checkpoints is stored once here too.
    const { bytes: used } = await elsewhere.streamState();
    expect(used).toBeLessThan((await server.streamState()).bytes * 1.5);
    const head = await other.getTuple(threadConfig("whole"));
    await other.put(head?.config ?? {}, checkpoint(50, ["next"]), metadata(50), { list: 50 });
    expect((await other.getTuple(threadConfig("whole")))?.checkpoint.channel_values.list).toEqual(["next"]);
  });

  it("comes back under another id, also after it was pruned and when the saver is the same", async () => {
    await write("copied");
    await saver.prune({ finished: ["copied"], olderThan: 0 });
    const bytes = Buffer.concat(await collect(saver.exportThread("copied")));
    expect(await saver.importThread(bytes, { as: "copy of it. *" })).toMatchObject({ thread: "copy of it. *" });
    const there = await all(saver, "copied");
    expect(there.length).toBeLessThan(15);
    expect(await all(saver, "copy of it. *")).toEqual(rename(there, "copy of it. *"));
    await saver.deleteThread("copied");
    await saver.importThread(bytes);
    expect(await all(saver, "copied")).toEqual(there);
  });

  it("is refused where there is such a thread, and leaves that as it is", async () => {
    await write("taken");
    const bytes = Buffer.concat(await collect(saver.exportThread("taken")));
    const before = await server.streamState();
    await expect(saver.importThread(bytes)).rejects.toMatchObject({ code: "exists" });
    expect(await server.streamState()).toEqual(before);
    await expect(collect(saver.exportThread("nobody"))).rejects.toMatchObject({ code: "invalid" });
  });

  it("is refused when it is damaged anywhere, and then nothing is stored", async () => {
    await write("damaged");
    const bytes = Buffer.concat(await collect(saver.exportThread("damaged")));
    const before = await server.streamState();
    const places = Array.from({ length: 24 }, (_, index) => Math.floor((index * (bytes.length - 1)) / 23));
    for (const place of places) {
      const broken = Buffer.from(bytes);
      broken[place] = (broken[place] ?? 0) ^ 0x55;
      await expect(saver.importThread(broken, { as: "x" })).rejects.toMatchObject({ code: "corrupt" });
    }
    for (const length of [0, 10, 500, bytes.length - 1]) {
      const short = bytes.subarray(0, length);
      await expect(saver.importThread(short, { as: "x" })).rejects.toMatchObject({ code: "corrupt" });
    }
    const long = Buffer.concat([bytes, Buffer.from("more")]);
    await expect(saver.importThread(long, { as: "x" })).rejects.toMatchObject({ code: "corrupt" });
    expect(await server.streamState()).toEqual(before);
  });

  it("is not made of a thread that is damaged", async () => {
    await write("unsound");
    await server.purge("vibewriter.state.default.unsound.=.b.>");
    await expect(collect(saver.exportThread("unsound"))).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining("Checkpoint"),
    });
  });

  it("leaves nothing behind where there is no room for it", async () => {
    await write("too large");
    const bytes = Buffer.concat(await collect(saver.exportThread("too large")));
    await using small = await TestServer.start();
    await small.addStream({
      name: "VIBEWRITER_STATE",
      subjects: ["vibewriter.state.>"],
      allow_direct: true,
      discard: DiscardPolicy.New,
      max_bytes: 60_000,
    });
    await using other = await NatsSaver.fromUrl(small.url);
    await other.setup();
    await expect(other.importThread(bytes)).rejects.toMatchObject({ code: "storage_full" });
    expect(await other.getTuple(threadConfig("too large"))).toBeUndefined();
    expect((await small.streamState()).messages).toBe(0);
  });
});

describe("a screen", () => {
  const secret = "tk-4f7c-not-for-the-stream";
  const screen = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString().replaceAll(secret, "secret://token"));

  it("keeps a secret out of channels, metadata, pending writes, large values and imported files", async () => {
    await using own = await TestServer.start();
    await using careful = await NatsSaver.fromUrl(own.url, { screen });
    await careful.setup();
    await using careless = await NatsSaver.fromUrl(server.url);
    const text = `${"a".repeat(5_000)} ${secret} ${noise(900_000)}`;
    for (const each of [careful, careless]) {
      const next = { ...checkpoint(0, [secret]), channel_values: { list: [secret], text } };
      const versions = { list: 1, text: 1 };
      const at = { ...next, channel_versions: versions };
      const stored = await each.put(threadConfig("s"), at, metadata(0, { note: secret }), versions);
      await each.putWrites(stored, [["list", { key: secret }]], "task");
    }
    const file = Buffer.concat(await collect(careless.exportThread("s")));
    await careful.importThread(file, { as: "imported" });
    for (const thread of ["s", "imported"]) {
      const tuple = await careful.getTuple(threadConfig(thread));
      expect(tuple?.checkpoint.channel_values).toEqual({
        list: ["secret://token"],
        text: text.replace(secret, "secret://token"),
      });
      expect(tuple?.metadata).toMatchObject({ note: "secret://token" });
      expect(tuple?.pendingWrites).toEqual([["task", "list", { key: "secret://token" }]]);
    }
    await own.kill("SIGTERM");
    expect(await own.hasOnDisk(secret)).toBe(false);
    expect(await own.hasOnDisk("secret://token")).toBe(true);
  });
});

/** A thread of two namespaces with a fork, pending writes, and values of every size. */
async function write(thread: string): Promise<void> {
  const large = noise(1_000_000);
  const medium = noise(180_000);
  for (const namespace of ["", "inner|1"]) {
    let at = { configurable: { thread_id: thread, checkpoint_ns: namespace, checkpoint_id: undefined as unknown } };
    let list: string[] = [];
    const ids: string[] = [];
    for (let step = 0; step < 6; step += 1) {
      list = [...list, noise(1_500)];
      const next = checkpoint(step, list);
      const values = { list, ...(step > 2 ? { large } : {}), ...(step > 3 ? { medium } : {}), step };
      const versions = { list: step + 1, large: 1, medium: 1, step: step + 1 };
      const fresh = {
        list: step + 1,
        step: step + 1,
        ...(step === 3 ? { large: 1 } : step === 4 ? { medium: 1 } : {}),
      };
      const about = metadata(step, { step });
      await saver.put(at, { ...next, channel_values: values, channel_versions: versions }, about, fresh);
      at = { configurable: { ...at.configurable, checkpoint_id: next.id } };
      await saver.putWrites(at, [["list", `${step}`]], "task", "path");
      ids.push(next.id);
    }
    if (namespace !== "") continue;
    const fork = { configurable: { ...at.configurable, checkpoint_id: ids[2] } };
    await saver.getTuple(fork);
    for (let step = 60; step < 63; step += 1) {
      const next = checkpoint(step, [...list, `${step}`]);
      await saver.put(fork, next, metadata(step, step === 60 ? { source: "fork" } : {}), { list: step });
      fork.configurable.checkpoint_id = next.id;
    }
  }
}

function checkpoint(step: number, list: string[]) {
  return { ...emptyCheckpoint(), id: uuid6(step), channel_values: { list }, channel_versions: { list: step } };
}

/** Everything that can be read of a thread, by a saver that remembers nothing of it. */
async function all(reader: NatsSaver, thread: string) {
  return collect(reader.list({ configurable: { thread_id: thread } }));
}

function rename<T>(value: T, thread: string): T {
  return JSON.parse(JSON.stringify(value), (key, each) => (key === "thread_id" ? thread : each));
}

async function* inParts(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
