import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { insideCgroups } from "../../src/drivers/host/launch.js";
import { cgroupStats, makeCgroups } from "../../src/drivers/host/limits.js";
import { abilitiesOf } from "../../src/drivers/qemu/abilities.js";
import { tail } from "../../src/drivers/qemu/machine.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-host-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const content = (name: string) => readFile(join(folder, name), "utf8");

// Ordinary files in the place of the kernel's: what would be written is the same on every host.
test("the limits of a control group of version 2", async () => {
  makeCgroups(2, [folder], { memoryBytes: 2 ** 28, processes: 100, cpus: 1.5 });
  expect(await content("memory.max")).toBe(String(2 ** 28));
  expect(await content("memory.swap.max")).toBe("0");
  expect(await content("pids.max")).toBe("100");
  expect(await content("cpu.max")).toBe("150000 100000");
  makeCgroups(2, [folder], { memoryBytes: 2 ** 28, processes: 100 });
  expect(await content("cpu.max")).toBe("max 100000");
});

test("the limits of control groups of version 1", async () => {
  makeCgroups(1, [folder], { memoryBytes: 2 ** 28, processes: 100, cpus: 0.000_001 });
  expect(await content("memory.limit_in_bytes")).toBe(String(2 ** 28));
  // The least that the kernel takes.
  expect(await content("cpu.cfs_quota_us")).toBe("1000");
});

test("what a control group says of its use", async () => {
  expect(cgroupStats([folder])).toEqual({ cpuMs: undefined, processes: undefined });
  await writeFile(join(folder, "cpu.stat"), "usage_usec 1500000\nuser_usec 1\n");
  await writeFile(join(folder, "pids.current"), "7\n");
  expect(cgroupStats([join(folder, "absent"), folder])).toEqual({ cpuMs: 1_500, processes: 7 });
});

test("a process enters its groups and limits before it runs, or does not run", async () => {
  const run = (folders: string[]) => {
    const show = ["/bin/sh", "-c", 'ulimit -f; ulimit -c; echo "$$ $1"', "sh", "a b"];
    const [program = "", ...args] = insideCgroups(folders, { fileBytes: 1_000_000 }, show);
    return promisify(execFile)(program, args);
  };
  const { stdout } = await run([folder]);
  const pid = (await content("cgroup.procs")).trim();
  expect(stdout).toBe(`1954\n0\n${pid} a b\n`);
  await expect(run([join(folder, "absent")])).rejects.toMatchObject({ code: 125, stdout: "" });
});

test("what a QEMU can do goes by its version", () => {
  const older = abilitiesOf("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)");
  expect(older).toEqual({ protectsMemory: false, loadsFiles: false });
  expect(abilitiesOf("QEMU emulator version 8.2.0")).toEqual({ protectsMemory: true, loadsFiles: false });
  const newer = abilitiesOf("QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)");
  expect(newer).toEqual({ protectsMemory: true, loadsFiles: true });
  expect(abilitiesOf("something else")).toEqual({ protectsMemory: false, loadsFiles: false });
});

test("of a log of any size, the end is read", async () => {
  const log = join(folder, "log");
  expect(await tail(log)).toBe("");
  await writeFile(log, "short");
  expect(await tail(log)).toBe("short");
  await truncate(log, 2 ** 40);
  expect((await tail(log)).length).toBe(2_000);
});
