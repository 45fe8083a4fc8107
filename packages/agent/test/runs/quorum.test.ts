import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalCluster } from "../../../../deploy/drill/cluster.mjs";
import { type OpenRuns, openRuns } from "../../src/runs/open-runs.js";
import { natsBinary } from "../support/backbone.js";
import { bundleWorker, PoolWorker } from "../support/pool.js";
import { EXAMPLES, World } from "../support/world.js";

describe("two of three servers down", () => {
  let cluster: LocalCluster;
  let world: World;
  /** A host that drives nothing itself. */
  let desk: OpenRuns;

  beforeAll(async () => {
    await bundleWorker();
    cluster = await LocalCluster.start({ binary: await natsBinary() });
    world = await World.open({ url: cluster.url });
    desk = await openRuns({ ...world, ...world.base, capacity: 0, version: "test" });
  }, 120_000);
  afterAll(async () => {
    await desk?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
    await cluster?.close();
  });

  const ask = (topic: string) =>
    desk.client.start(
      {
        request: `Research USDC yields on Base, ${topic}`,
        out: world.out,
        sources: [EXAMPLES],
        model: "offline",
        yes: true,
      },
      {},
    );
  const follow = async (runId: string, withinMs: number) => {
    for await (const _ of desk.client.follow(runId, { after: 0, signal: AbortSignal.timeout(withinMs) }));
    return await desk.client.get(runId);
  };

  it("are told to whoever starts a run, drives one or looks at one; nothing is lost, and all goes on with the second server", async () => {
    const at = { event: ".notes.finished", does: "freeze" } as const;
    await using worker = await PoolWorker.start({
      url: cluster.url,
      folder: join(world.base.home, "workers"),
      name: "a",
      at,
    });
    const { runId } = await ask("under way");
    await worker.heard(({ type }) => type === "reached", 90_000);
    const [first = "", second = ""] = cluster.names;
    await Promise.all([cluster.kill(first), cluster.kill(second)]);
    await worker.signal("SIGCONT");

    const clear = { code: "unavailable", message: expect.stringContaining("most servers of the cluster") };
    // A leader that has lost the others goes on answering for some seconds, with what was stored by a majority.
    const looking = async () => {
      for (;;) {
        await desk.client.get(runId);
        await sleep(200);
      }
    };
    const told = worker.heard(({ error }) => error?.includes("most servers of the cluster") === true, 60_000);
    await Promise.all([
      expect(ask("refused")).rejects.toMatchObject(clear),
      expect(looking()).rejects.toMatchObject(clear),
      told,
    ]);

    // One is enough for a majority.
    await cluster.run(first);
    const done = await follow(runId, 150_000);
    expect(done.error).toBeUndefined();
    expect(done.status).toBe("done");
    expect((await desk.client.list()).map((run) => run.runId)).toEqual([runId]);
    expect(await ask("refused")).toMatchObject({ status: "queued" });
    const titles = (await world.choir.list()).map(({ title }) => title);
    expect(titles.filter((title) => title.includes("under way"))).toHaveLength(1);
    const ids = (await world.events(runId)).flatMap((one) => (one.type === "tool.started" ? [one.data.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
  }, 400_000);
});
