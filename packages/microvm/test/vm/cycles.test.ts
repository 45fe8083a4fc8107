import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readManifest } from "../../src/vm/manifest.js";
import { template, temporaryHome, text } from "../support/home.js";

vi.setConfig({ testTimeout: 120_000 });

/** The benchmark makes 300. */
const cycles = 12;

test(`${cycles} VMs made, used and destroyed: as many processes, descriptors, files, control groups and mounts as before`, async () => {
  await using scratch = await temporaryHome({ templates: "own" });
  await using vms = await scratch.open();
  const cgroups: string[] = [];
  const cycle = async (diskMiB?: number) => {
    const vm = await vms.create({ template, diskMiB });
    cgroups.push(...((await readManifest(join(scratch.home, "vms", vm.id)))?.machine?.cgroups ?? []));
    expect(text((await vm.exec({ command: "echo well" })).stdout)).toBe("well\n");
    await vm.destroy();
  };
  await cycle(64);
  await cycle();
  const before = await counts(scratch.home);
  for (let n = 0; n < cycles; n++) await cycle(n % 2 === 0 ? 64 : undefined);
  await vi.waitFor(async () => expect(await counts(scratch.home)).toEqual(before), 5_000);
  expect(cgroups.filter(existsSync)).toEqual([]);
});

test("what a VM costs and may cost; one that rests is not started for it", async () => {
  await using scratch = await temporaryHome();
  await using vms = await scratch.open();
  const limits = { processes: 40, outputBytes: 1_000, lifeSeconds: 3_600 };
  const vm = await vms.create({ id: "seen", template, diskMiB: 64, limits });
  const { exitCode, stdout, truncated } = await vm.exec({ command: "head -c 5000 /dev/zero" });
  expect({ exitCode, length: stdout.length, truncated }).toEqual({ exitCode: 0, length: 1_000, truncated: true });
  const stats = await vms.stats("seen");
  expect(stats).toMatchObject({
    state: "running",
    limits: { ...limits, memoryMiB: 256, vcpus: 1, diskMiB: 64 },
    guest: { maxProcesses: 40 },
    egressBytes: 0,
  });
  expect(stats.machine?.memoryBytes).toBeGreaterThan(10_000_000);
  expect(stats.diskBytes).toBeGreaterThan(100_000);
  expect(Date.parse(stats.expiresAt ?? "")).toBeGreaterThan(Date.now());
  await vm.stop();
  const resting = await vm.stats();
  expect(resting).toMatchObject({ state: "stopped", machine: undefined, guest: undefined });
  expect(vms.list()[0]?.state).toBe("stopped");
  await expect(vms.stats("none")).rejects.toMatchObject({ code: "not_found" });
  await vm.destroy();
});

async function counts(home: string) {
  const lines = (path: string, word: string) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.includes(word)).length;
  return {
    processes: readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && belongsTo(pid, home)).length,
    descriptors: readdirSync("/proc/self/fd").length,
    files: (await readdir(home, { recursive: true })).length,
    mounts: lines("/proc/mounts", home),
  };
}

function belongsTo(pid: string, home: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home);
  } catch {
    // It ended between two looks.
    return false;
  }
}
