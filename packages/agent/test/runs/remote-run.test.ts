import { access } from "node:fs/promises";
import { join } from "node:path";
import { Choir } from "@vibewriter/choir";
import { RemoteMachines } from "../../src/sandboxes/remote-machines.js";
import { RunloopBackend } from "../../src/sandboxes/runloop/backend.js";
import { testBackbone } from "../support/backbone.js";
import { openBench } from "../support/bench.js";
import { LocalMachines } from "../support/machines.js";
import { RunloopServer } from "../support/runloop-server.js";
import { EXAMPLES } from "../support/world.js";

// The devbox is a server of ours that answers as Runloop's API documents; Runloop itself is not asked.
describe("a run whose sandbox is a devbox", () => {
  it("works there, says so, comes back to the same one, and keeps the key to itself", async () => {
    await using server = await RunloopServer.open();
    await using base = await testBackbone();
    const { home, backbone } = base;
    await using choir = await Choir.open({ backbone, path: join(home, "choir.sqlite") });
    const local = new LocalMachines(join(home, "machines"));
    const machines = new RemoteMachines({
      name: "runloop",
      key: "RUNLOOP_API_KEY",
      extractor: () => local.extractor(),
      skills: join(EXAMPLES, "../../skills"),
      createSandbox: (agentId, keys) =>
        RunloopBackend.open({ apiKey: keys.RUNLOOP_API_KEY ?? "", baseUrl: server.url, scope: home, agentId }),
    });
    await using bench = await openBench({ home, backbone, choir, machines });
    const request = {
      request: "Research DeFi yield opportunities on Base blockchain",
      out: join(home, "out"),
      sources: [EXAMPLES],
      model: "offline",
      yes: true,
    };
    await expect(bench.client.start(request, {})).rejects.toMatchObject({
      code: "missing_key",
      message: expect.stringContaining("RUNLOOP_API_KEY"),
    });
    const keys = { RUNLOOP_API_KEY: server.key };
    const { runId } = await bench.client.start(request, keys);
    const signal = new AbortController().signal;
    const record = await bench.drive(runId, { keys, signal });
    expect(record.error).toBeUndefined();
    const remote = { isolation: "remote", sandbox: "runloop" };
    expect(record).toMatchObject({ ...remote, status: "done", result: { ...remote, citations: { rate: 1 } } });

    const [devbox] = server.devboxes;
    const inside = join(devbox?.root ?? "", "workspace", runId, "draft.md");
    await expect(access(inside)).resolves.toBeUndefined();
    await expect(access(join(devbox?.root ?? "", "skills", "verify-citations", "SKILL.md"))).resolves.toBeUndefined();
    const events: unknown[] = [];
    for await (const event of backbone.events.read(runId)) events.push(event);
    expect(JSON.stringify(events)).toContain("Starting the agent's sandbox at runloop");
    expect(JSON.stringify([events, await bench.client.list(), server.devboxes])).not.toContain(server.key);

    // Suspended between two runs of the agent, it is the same one again.
    if (devbox !== undefined) devbox.status = "suspended";
    const second = await bench.client.start(
      { ...request, request: "Research USDC lending yields on Base", author: "Bob" },
      keys,
    );
    const done = await bench.drive(second.runId, { keys, signal });
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ status: "done", result: { ...remote, cited: [record.result?.article?.id] } });
    expect(server.devboxes).toHaveLength(1);

    // With a key that is not taken any more a run fails in words, and can be resumed with a better one.
    const third = await bench.client.start({ ...request, request: "Research stablecoin risks on Base" }, keys);
    const refused = await bench.drive(third.runId, { keys: { RUNLOOP_API_KEY: "revoked" }, signal });
    expect(refused).toMatchObject({ status: "failed", isolation: "remote", error: { code: "sandbox_refused" } });
    expect(await bench.drive(third.runId, { keys, signal })).toMatchObject({ status: "done" });
  }, 240_000);
});
