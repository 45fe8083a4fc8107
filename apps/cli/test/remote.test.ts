import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunloopServer } from "../../../packages/agent/test/support/runloop-server.js";
import { testHome } from "../../../tests/support/home.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";

// The devbox is a server of ours that answers as Runloop's API documents; Runloop itself is not asked.
test("research works in a devbox when the home says so", async () => {
  await using home = await testHome();
  await using server = await RunloopServer.open();
  const out = await mkdtemp(join(tmpdir(), "vw-out-"));
  const research = ["research", "DeFi yield on Base", "--sources", "examples/base-defi", "--model", "offline", "--yes"];
  const args = [...research, "--out", out];
  const env = { VIBEWRITER_SANDBOX: "runloop", RUNLOOP_BASE_URL: server.url };
  try {
    const without = await cli(home.path, args, { env });
    expect(without).toMatchObject({ code: 3, stderr: expect.stringContaining("set RUNLOOP_API_KEY") });
    // The first reader VM of a set-up is built on the way.
    const done = await cli(home.path, args, { env: { ...env, RUNLOOP_API_KEY: server.key }, timeoutMs: 300_000 });
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr + done.stdout).toMatch(/Isolation +remote \(commands ran at runloop, not on this machine\)/);
    const { vms } = JSON.parse((await cli(home.path, ["--json", "vm", "list"])).stdout);
    expect(vms.map(({ id }: { id: string }) => id)).not.toContain("agent-main");
    expect(server.devboxes).toHaveLength(1);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}, 360_000);
