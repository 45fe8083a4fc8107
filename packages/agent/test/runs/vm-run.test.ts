import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Choir } from "@vibewriter/choir";
import { MicroVMs } from "@vibewriter/microvm";
import { z } from "zod";
import { AgentVMs } from "../../src/machines.js";
import { testBackbone } from "../support/backbone.js";
import { openBench } from "../support/bench.js";
import { EXAMPLES } from "../support/world.js";

const Setup = z.object({
  image: z.object({
    kernel: z.string(),
    vmlinux: z.string(),
    initrd: z.string(),
    base: z.string(),
    digest: z.string(),
  }),
  layer: z.object({ path: z.string() }),
});

const HOST_CANARY = join("/workspace", "canary-of-the-vm");

describe("a run in a real VM", () => {
  it("reads in the reader VM, writes and checks in the work VM, leaves the host alone, and outlives the VM", async () => {
    const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
    const setup = Setup.parse(JSON.parse(await readFile(join(real, "setup.json"), "utf8")));
    await using base = await testBackbone();
    const { home, backbone } = base;
    // Templates that other tests have built already.
    await mkdir(join(real, "cache"), { recursive: true });
    await symlink(join(real, "cache"), join(home, "cache"));
    await using vms = await MicroVMs.open({ home, image: setup.image });
    await using machines = new AgentVMs(vms, { layer: setup.layer.path });
    await using choir = await Choir.open({ backbone, path: join(home, "choir.sqlite") });
    await using bench = await openBench({ home, backbone, choir, machines });
    const request = {
      request: "Research DeFi yield opportunities on Base blockchain",
      out: join(home, "out"),
      sources: [EXAMPLES],
      model: "offline",
      yes: true,
    };
    const { runId } = await bench.client.start(request, {});
    const signal = new AbortController().signal;
    const record = await bench.drive(runId, { signal });
    expect(record.error).toBeUndefined();
    expect(record).toMatchObject({ status: "done", result: { isolation: vms.isolation, citations: { rate: 1 } } });
    const vm = await vms.get("agent-main");
    const draft = new TextDecoder().decode(await vm.files.read(`/workspace/${runId}/draft.md`));
    expect(draft).toContain("## Where the sources disagree");
    expect(existsSync(`/workspace/${runId}`)).toBe(false);
    const { exitCode } = await vm.exec({ command: `touch ${HOST_CANARY} && test ! -e ${home}` });
    expect(exitCode).toBe(0);
    expect(existsSync(HOST_CANARY)).toBe(false);
    const tools = new Map<string, unknown>();
    for await (const event of backbone.events.read(runId))
      if (event.type === "tool.finished") tools.set(event.id, event.data);
    const skill = [...tools.values()].find((data) => JSON.stringify(data).includes('"execute"'));
    expect(skill).toMatchObject({
      ok: true,
      agent: "verifier",
      summary: expect.stringContaining("citations are supported"),
    });
    // The VM dies under the second run, while the draft is written.
    const append = backbone.events.append.bind(backbone.events);
    const killed: number[] = [];
    backbone.events.append = async (id, type, data, o) => {
      const pid = vms.list().find((info) => info.id === "agent-main")?.pid;
      if (o?.id?.endsWith(".draft1.started") && killed.length === 0 && pid !== undefined) {
        process.kill(pid, "SIGKILL");
        killed.push(pid);
      }
      return await append(id, type, data, o);
    };
    const second = await bench.client.start(
      { ...request, request: "Research USDC lending yields on Base", author: "Bob" },
      {},
    );
    const done = await bench.drive(second.runId, { signal });
    expect(killed).toHaveLength(1);
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ status: "done", result: { cited: [record.result?.article?.id] } });
  }, 240_000);
});
