import { emptyCheckpoint, MemorySaver, uuid6 } from "@langchain/langgraph-checkpoint";
import { DiscardPolicy } from "@nats-io/jetstream";
import { NatsSaver, NatsSaverError } from "@vibewriter/langgraph-nats";
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

describe("thread ids", () => {
  const odd = [
    "with spaces",
    "a.b.c",
    "*",
    ">",
    "a.*.>",
    "=",
    "=20",
    " ",
    "$JS.API.>",
    "naïve/ünïcode/😀",
    "lone \ud800 surrogate",
    "x".repeat(10_240),
    `${"x".repeat(10_239)}y`,
    "__proto__",
    "new\nline\r\n",
  ];

  it.each(odd.map((thread) => [thread.slice(0, 40), thread]))("keeps thread %j to itself", async (_, thread) => {
    const namespace = `ns of ${thread.slice(0, 40)}|tools:1`;
    const checkpoint = { ...emptyCheckpoint(), channel_values: { thread }, channel_versions: { thread: 1 } };
    const config = { configurable: { thread_id: thread, checkpoint_ns: namespace } };
    const stored = await saver.put(config, checkpoint, metadata(0), { thread: 1 });
    await saver.putWrites(stored, [["thread", thread]], "task. *>");
    const tuple = await saver.getTuple(config);
    expect(tuple?.checkpoint.channel_values).toEqual({ thread });
    expect(tuple?.pendingWrites).toEqual([["task. *>", "thread", thread]]);
    expect(tuple?.config).toEqual({ configurable: { ...config.configurable, checkpoint_id: checkpoint.id } });
    expect(await collect(saver.list({ configurable: { thread_id: thread } }))).toHaveLength(1);
  });

  it("deletes one thread without touching the others", async () => {
    for (const thread of ["gone", "gone.x", "gon", "*"]) {
      await saver.put(threadConfig(thread), emptyCheckpoint(), metadata(0), {});
    }
    await saver.deleteThread("*");
    await saver.deleteThread("gone");
    expect(await saver.getTuple(threadConfig("gone"))).toBeUndefined();
    expect(await saver.getTuple(threadConfig("gone.x"))).toBeDefined();
    expect(await saver.getTuple(threadConfig("gon"))).toBeDefined();
  });

  it.each([[{ thread_id: 7 }], [{ thread_id: "" }], [{}]])("refuses %j with a sentence", async (configurable) => {
    await expect(saver.put({ configurable }, emptyCheckpoint(), metadata(0), {})).rejects.toMatchObject({
      name: "NatsSaverError",
      code: "invalid",
    });
  });

  it("has a thread again after deleting it, with the same checkpoint id", async () => {
    const checkpoint = emptyCheckpoint();
    await saver.put(threadConfig("again"), checkpoint, metadata(0), {});
    await saver.deleteThread("again");
    await saver.put(threadConfig("again"), checkpoint, metadata(0), {});
    expect((await saver.getTuple(threadConfig("again")))?.checkpoint.id).toBe(checkpoint.id);
  });
});

describe("large values", () => {
  const sizes = [511, 513, 60_000, 140_000, 300_000, 1_500_000, 8_000_000];

  it.each(sizes)("stores and reads back %i incompressible bytes", async (size) => {
    const text = noise(size);
    const config = threadConfig(`large ${size}`);
    const checkpoint = {
      ...emptyCheckpoint(),
      channel_values: { text, small: 1 },
      channel_versions: { text: 1, small: 1 },
    };
    const stored = await saver.put(config, checkpoint, metadata(0, { note: text.slice(0, 200_000) }), {
      text: 1,
      small: 1,
    });
    await saver.putWrites(
      stored,
      [
        ["text", `${text}!`],
        ["small", 2],
      ],
      "task",
      "path",
    );
    const fresh = await NatsSaver.fromUrl(server.url);
    try {
      const tuple = await fresh.getTuple(config);
      expect(tuple?.checkpoint.channel_values.text === text).toBe(true);
      expect(tuple?.pendingWrites?.[0]?.[2] === `${text}!`).toBe(true);
      expect(tuple?.pendingWrites?.[1]).toEqual(["task", "small", 2]);
      await fresh.deleteThread(config.configurable.thread_id);
      expect(await fresh.getTuple(config)).toBeUndefined();
    } finally {
      await fresh.end();
    }
  });

  it("stores what a growing list has grown by, not the list", async () => {
    const config = threadConfig("growing");
    const before = (await server.streamState()).bytes;
    let parent: string | undefined;
    let list: string[] = [];
    let written = 0;
    for (let step = 1; step <= 60; step += 1) {
      list = [...list, noise(4_000)];
      written += JSON.stringify(list).length;
      const checkpoint = {
        ...emptyCheckpoint(),
        id: uuid6(step),
        channel_values: { list },
        channel_versions: { list: step },
      };
      const at = { configurable: { ...config.configurable, checkpoint_id: parent } };
      parent = (await saver.put(at, checkpoint, metadata(step), { list: step })).configurable?.checkpoint_id;
    }
    const used = (await server.streamState()).bytes - before;
    expect(used).toBeLessThan(written / 5);
    const fresh = await NatsSaver.fromUrl(server.url);
    expect((await fresh.getTuple(config))?.checkpoint.channel_values).toEqual({ list });
    const [, , tenth] = await collect(fresh.list(config, { limit: 3 }));
    expect(tenth?.checkpoint.channel_values).toEqual({ list: list.slice(0, 58) });
    await fresh.end();
  });

  it("survives a value that shrinks, changes in the middle and turns into bytes", async () => {
    const config = threadConfig("changing");
    const base = Array.from({ length: 40 }, () => noise(700));
    const bytes = new Uint8Array(5_000).fill(7);
    const values: unknown[] = [
      base,
      base.slice(0, 20),
      [...base.slice(0, 5), "x", ...base.slice(6)],
      base,
      bytes,
      "",
      null,
      {},
    ];
    let parent: string | undefined;
    for (const [step, value] of values.entries()) {
      const checkpoint = {
        ...emptyCheckpoint(),
        id: uuid6(step),
        channel_values: { value },
        channel_versions: { value: step + 1 },
      };
      const at = { configurable: { ...config.configurable, checkpoint_id: parent } };
      parent = (await saver.put(at, checkpoint, metadata(step), { value: step + 1 })).configurable?.checkpoint_id;
    }
    const read = (await collect(saver.list(config))).map((tuple) => tuple.checkpoint.channel_values.value);
    expect(read.reverse()).toEqual(values);
  });

  it("names a damaged value, and reads the rest", async () => {
    const config = threadConfig("damaged");
    const text = noise(200_000);
    await saver.put(
      config,
      { ...emptyCheckpoint(), channel_values: { text }, channel_versions: { text: 1 } },
      metadata(0),
      { text: 1 },
    );
    await server.purge("vibewriter.state.default.damaged.=.b.>");
    await expect(saver.getTuple(config)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining('"text"'),
    });
    expect(await saver.getTuple(threadConfig("growing"))).toBeDefined();
  });

  it("finds everything that is damaged, and nothing else", async () => {
    await using other = await NatsSaver.fromUrl(server.url, { agent: "verified" });
    const put = async (thread: string, text: string) => {
      const checkpoint = { ...emptyCheckpoint(), channel_values: { text }, channel_versions: { text: 1 } };
      await other.put(threadConfig(thread), checkpoint, metadata(0), { text: 1 });
    };
    await put("whole", noise(200_000));
    await put("segment", noise(200_000));
    await put("message", "short");
    await server.purge("vibewriter.state.verified.segment.=.b.>");
    await server.publish("vibewriter.state.verified.message.=.cp", "no checkpoint");
    const found = await collect(other.verify());
    expect(found).toHaveLength(4);
    const damaged = found.filter(({ problem }) => problem !== undefined);
    expect(damaged.map(({ subject }) => subject.split(".")[3])).toEqual(expect.arrayContaining(["segment", "message"]));
    expect(damaged).toHaveLength(2);
  });
});

describe("list", () => {
  it("gives the order and the contents that MemorySaver gives", async () => {
    const memory = new MemorySaver();
    const config = threadConfig("list");
    let parent: string | undefined;
    const ids: string[] = [];
    for (let step = 0; step < 25; step += 1) {
      const id = uuid6(step);
      const checkpoint = { ...emptyCheckpoint(), id, channel_values: { step }, channel_versions: { step: step + 1 } };
      const at = { configurable: { ...config.configurable, checkpoint_id: step === 18 ? ids[4] : parent } };
      const details = metadata(step, { even: step % 2 === 0 });
      // As LangGraph does it: whoever forks has loaded the checkpoint first.
      if (step === 18) await saver.getTuple(at);
      for (const each of [memory, saver]) await each.put(at, checkpoint, details, { step: step + 1 });
      for (const task of ["b", "a"]) {
        for (const each of [memory, saver]) {
          const here = { configurable: { ...config.configurable, checkpoint_id: id } };
          await each.putWrites(here, [["step", task]], task, `~${task === "a" ? "2" : "1"}`);
        }
      }
      ids.push(id);
      parent = id;
    }
    const before = { configurable: { ...config.configurable, checkpoint_id: ids[20] } };
    for (const options of [
      undefined,
      { limit: 5 },
      { before },
      { before, limit: 3, filter: { even: true } },
      { limit: 0 },
    ]) {
      expect(await collect(saver.list(config, options))).toEqual(await collect(memory.list(config, options)));
    }
    const one = { configurable: { ...config.configurable, checkpoint_id: ids[7] } };
    expect(await collect(saver.list(one))).toEqual(await collect(memory.list(one)));
    for (const id of [ids[0], ids[18], ids[24]]) {
      const at = { configurable: { ...config.configurable, checkpoint_id: id } };
      expect(await saver.getTuple(at)).toEqual(await memory.getTuple(at));
    }
  });

  it("takes the checkpoint that was stored last for the newest, even when the clock was set back", async () => {
    const config = threadConfig("clock");
    const ids = [uuid6(1), uuid6(2)].reverse();
    const first = await saver.put(config, { ...emptyCheckpoint(), id: ids[0] ?? "" }, metadata(0), {});
    await saver.put(first, { ...emptyCheckpoint(), id: ids[1] ?? "" }, metadata(1), {});
    expect((await saver.getTuple(config))?.metadata?.step).toBe(1);
    expect((await collect(saver.list(config))).map((tuple) => tuple.metadata?.step)).toEqual([1, 0]);
    await using fresh = await NatsSaver.fromUrl(server.url);
    const old = { configurable: { ...config.configurable, checkpoint_id: ids[0] } };
    expect((await fresh.getTuple(old))?.metadata?.step).toBe(0);
  });

  it("goes on where a checkpoint in the middle was deleted", async () => {
    const config = threadConfig("holes");
    let parent: string | undefined;
    for (let step = 0; step < 5; step += 1) {
      const at = { configurable: { ...config.configurable, checkpoint_id: parent } };
      parent = (await saver.put(at, { ...emptyCheckpoint(), id: uuid6(step) }, metadata(step), {})).configurable
        ?.checkpoint_id;
    }
    await server.deleteMessage("vibewriter.state.default.holes.=.cp", 2);
    const steps = (await collect(saver.list(config))).map((tuple) => tuple.metadata?.step);
    expect(steps).toEqual([4, 3, 1, 0]);
  });
});

describe("putWrites", () => {
  it("keeps ordinary writes as they were first, replaces special ones, and adds what is new", async () => {
    const at = await saver.put(threadConfig("writes"), emptyCheckpoint(), metadata(0), {});
    await saver.putWrites(at, [["a", 1]], "t");
    await saver.putWrites(
      at,
      [
        ["a", 2],
        ["b", 3],
      ],
      "t",
    );
    await saver.putWrites(at, [["__interrupt__", "first"]], "t");
    await saver.putWrites(at, [["__interrupt__", "second"]], "t");
    expect((await saver.getTuple(at))?.pendingWrites).toEqual([
      ["t", "__interrupt__", "second"],
      ["t", "a", 1],
      ["t", "b", 3],
    ]);
  });

  it("keeps the writes of 40 tasks that write at once", async () => {
    const at = await saver.put(threadConfig("many writes"), emptyCheckpoint(), metadata(0), {});
    const tasks = Array.from({ length: 40 }, (_, index) => `task ${index % 20}`);
    await Promise.all(
      tasks.map((task, index) => saver.putWrites(at, index < 20 ? [["x", task]] : [["__error__", task]], task)),
    );
    expect((await saver.getTuple(at))?.pendingWrites).toHaveLength(40);
  });
});

describe("a server that is not as it should be", () => {
  it("says what to do when setup() was never called", async () => {
    await using bare = await TestServer.start();
    await using unready = await NatsSaver.fromUrl(bare.url);
    await expect(unready.getTuple(threadConfig("x"))).rejects.toMatchObject({
      code: "not_set_up",
      message: expect.stringContaining("setup()"),
    });
  });

  it("refuses a stream that drops old messages", async () => {
    await using other = await TestServer.start();
    await other.addStream({
      name: "VIBEWRITER_STATE",
      subjects: ["vibewriter.state.>"],
      max_age: 60_000_000_000,
      allow_direct: true,
    });
    await using unready = await NatsSaver.fromUrl(other.url);
    await expect(unready.setup()).rejects.toMatchObject({
      code: "unsuitable",
      message: expect.stringContaining("maximum age"),
    });
  });

  it("says so when nobody listens, when the URL is wrong and when the password is", async () => {
    await expect(NatsSaver.fromUrl("nats://127.0.0.1:1")).rejects.toMatchObject({ code: "unavailable" });
    await expect(NatsSaver.fromUrl("http://x")).rejects.toBeInstanceOf(NatsSaverError);
    await using locked = await TestServer.start({ extra: 'authorization { user: "me", password: "s3/cret" }' });
    const at = locked.url.slice("nats://".length);
    await expect(NatsSaver.fromUrl(`nats://me:wrong@${at}`)).rejects.toMatchObject({ code: "refused" });
    await using open = await NatsSaver.fromUrl(`nats://me:s3%2Fcret@${at}`);
    await open.setup();
  });

  it("refuses a message that the server would not take", async () => {
    await using strict = await TestServer.start({ extra: "max_payload: 32768" });
    await using small = await NatsSaver.fromUrl(strict.url);
    await small.setup();
    const text = noise(100_000);
    const checkpoint = { ...emptyCheckpoint(), channel_values: { text }, channel_versions: { text: 1 } };
    await small.put(threadConfig("t"), checkpoint, metadata(0), { text: 1 });
    expect((await small.getTuple(threadConfig("t")))?.checkpoint.channel_values).toEqual({ text });
    const versions = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`${index} ${noise(80)}`, 1]));
    const channels = { ...emptyCheckpoint(), channel_values: versions, channel_versions: versions };
    await expect(small.put(threadConfig("u"), channels, metadata(0), versions)).rejects.toMatchObject({
      code: "too_large",
    });
  });

  it("reports a full stream and loses nothing", async () => {
    await using full = await TestServer.start();
    await full.addStream({
      name: "VIBEWRITER_STATE",
      subjects: ["vibewriter.state.>"],
      allow_direct: true,
      discard: DiscardPolicy.New,
      max_bytes: 2_000_000,
    });
    await using tight = await NatsSaver.fromUrl(full.url);
    await tight.setup();
    let parent: string | undefined;
    const fill = async () => {
      for (let step = 0; step < 60; step += 1) {
        const checkpoint = {
          ...emptyCheckpoint(),
          id: uuid6(step),
          channel_values: { text: noise(60_000) },
          channel_versions: { text: step + 1 },
        };
        const at = { configurable: { thread_id: "t", checkpoint_ns: "", checkpoint_id: parent } };
        parent = (await tight.put(at, checkpoint, metadata(step), { text: step + 1 })).configurable?.checkpoint_id;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "storage_full" });
    expect((await tight.getTuple(threadConfig("t")))?.checkpoint.id).toBe(parent);
  });
});
