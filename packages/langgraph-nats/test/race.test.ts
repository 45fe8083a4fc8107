import { type Checkpoint, emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { NatsSaver, NatsSaverError } from "@vibewriter/langgraph-nats";
import { metadata, threadConfig } from "./helpers.js";
import { TestServer } from "./nats-server.js";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await using saver = await NatsSaver.fromUrl(server.url);
  await saver.setup();
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

describe("two writers of one thread", () => {
  it("lets exactly one win, 100 times out of 100", async () => {
    await using one = await NatsSaver.fromUrl(server.url, { owner: "one" });
    await using two = await NatsSaver.fromUrl(server.url, { owner: "two" });
    const config = threadConfig("race");
    let winner: string | undefined;
    for (let round = 0; round < 100; round += 1) {
      const heads = await Promise.all([one.getTuple(config), two.getTuple(config)]);
      expect(heads.map((head) => head?.checkpoint.id)).toEqual([winner, winner]);
      const tries = [checkpoint(round, "one"), checkpoint(round, "two")] as const;
      const at = { configurable: { ...config.configurable, checkpoint_id: winner } };
      const results = await Promise.allSettled([
        one.put(at, tries[0], metadata(round), { by: round + 1 }),
        two.put(at, tries[1], metadata(round), { by: round + 1 }),
      ]);
      const won = results.filter((result) => result.status === "fulfilled");
      expect(won).toHaveLength(1);
      const lost = results.find((result) => result.status === "rejected");
      expect(lost?.reason).toBeInstanceOf(NatsSaverError);
      expect(lost?.reason.code).toBe("conflict");
      winner = won[0]?.value.configurable?.checkpoint_id;
    }
  });

  it("also when both runs share one saver, on a new thread and on an old one", async () => {
    await using saver = await NatsSaver.fromUrl(server.url);
    const config = threadConfig("same saver");
    for (const round of [0, 1]) {
      const parent = (await saver.getTuple(config))?.checkpoint.id;
      await saver.getTuple(config);
      const at = { configurable: { ...config.configurable, checkpoint_id: parent } };
      await saver.put(at, checkpoint(round, "first"), metadata(round), { by: round + 1 });
      const late = saver.put(at, checkpoint(round, "late"), metadata(round), { by: round + 1 });
      await expect(late).rejects.toMatchObject({ code: "conflict" });
      expect((await saver.getTuple(config))?.checkpoint.channel_values).toEqual({ by: "first" });
    }
  });

  it("lets the loser go on after loading the thread again", async () => {
    await using one = await NatsSaver.fromUrl(server.url);
    await using two = await NatsSaver.fromUrl(server.url);
    const config = threadConfig("again");
    await Promise.all([one.getTuple(config), two.getTuple(config)]);
    const first = await one.put(config, checkpoint(0, "one"), metadata(0), { by: 1 });
    await expect(two.put(config, checkpoint(0, "two"), metadata(0), { by: 1 })).rejects.toThrow(
      "written by someone else",
    );
    await two.getTuple(config);
    await two.put(first, checkpoint(1, "two"), metadata(1), { by: 2 });
    await expect(one.put(first, checkpoint(1, "one"), metadata(1), { by: 2 })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("refuses a checkpoint whose parent lost", async () => {
    await using saver = await NatsSaver.fromUrl(server.url);
    const nowhere = { configurable: { ...threadConfig("orphan").configurable, checkpoint_id: uuid6(1) } };
    await expect(saver.put(nowhere, checkpoint(0, "x"), metadata(0), { by: 1 })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("fences off a writer of an older epoch", async () => {
    await using old = await NatsSaver.fromUrl(server.url, { owner: "old", epoch: 1 });
    await using next = await NatsSaver.fromUrl(server.url, { owner: "next", epoch: 2 });
    const config = threadConfig("epochs");
    const first = await old.put(config, checkpoint(0, "old"), metadata(0), { by: 1 });
    await next.getTuple(config);
    const second = await next.put(first, checkpoint(1, "next"), metadata(1), { by: 2 });
    await next.putWrites(second, [["__error__", "mine"]], "task");
    await old.getTuple(config);
    const late = old.put(second, checkpoint(2, "old"), metadata(2), { by: 3 });
    await expect(late).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("epoch 2") });
    await expect(old.putWrites(second, [["__error__", "mine"]], "task")).rejects.toMatchObject({ code: "conflict" });
  });

  it("lets a fork from an older checkpoint through, and makes it the newest", async () => {
    await using saver = await NatsSaver.fromUrl(server.url);
    const config = threadConfig("fork");
    const first = await saver.put(config, checkpoint(0, "a"), metadata(0), { by: 1 });
    await saver.put(first, checkpoint(1, "b"), metadata(1), { by: 2 });
    await using other = await NatsSaver.fromUrl(server.url);
    await other.getTuple(first);
    await other.put(first, checkpoint(1, "c"), metadata(1), { by: 2 });
    const newest = await saver.getTuple(config);
    expect(newest?.checkpoint.channel_values).toEqual({ by: "c" });
    expect(newest?.parentConfig).toEqual(first);
  });
});

describe("a server that is killed", () => {
  it("loses nothing that was acknowledged, and takes what was under way when it is back", async () => {
    await using own = await TestServer.start();
    await using saver = await NatsSaver.fromUrl(own.url);
    await saver.setup();
    const threads = Array.from({ length: 8 }, (_, index) => `thread ${index}`);
    const stored = new Map<string, string[]>();
    let running = true;
    const write = async (thread: string) => {
      const ids: string[] = [];
      stored.set(thread, ids);
      let at = threadConfig(thread);
      for (let step = 0; running || step === 0; step += 1) {
        const next = checkpoint(step, `${thread} ${"x".repeat(2_000)}`);
        await saver.putWrites(await saver.put(at, next, metadata(step), { by: step + 1 }), [["by", step]], "task");
        ids.push(next.id);
        at = { configurable: { ...at.configurable, checkpoint_id: next.id } as typeof at.configurable };
      }
    };
    const writers = Promise.all(threads.map(write));
    for (let kill = 0; kill < 3; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await own.kill("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 200));
      await own.run();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    running = false;
    await writers;

    await using fresh = await NatsSaver.fromUrl(own.url);
    for (const thread of threads) {
      const ids: string[] = [];
      for await (const tuple of fresh.list(threadConfig(thread))) {
        ids.unshift(tuple.checkpoint.id);
        expect(tuple.pendingWrites).toEqual([["task", "by", tuple.metadata?.step]]);
        expect(tuple.parentConfig?.configurable?.checkpoint_id).toBe(
          stored.get(thread)?.[(tuple.metadata?.step ?? 0) - 1],
        );
      }
      // Exactly these, each once: nothing lost, nothing stored twice by a repeated attempt.
      expect(ids).toEqual(stored.get(thread));
    }
  });
});

function checkpoint(step: number, by: string): Checkpoint {
  return { ...emptyCheckpoint(), id: uuid6(step), channel_values: { by }, channel_versions: { by: step + 1 } };
}
