import { existsSync } from "node:fs";
import { rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DriverName, MachineRecord } from "../../src/drivers/driver.js";
import { cgroupMembers } from "../../src/drivers/host/cgroup.js";
import { findByArgument } from "../../src/drivers/host/process.js";
import { openDriver } from "../../src/drivers/open.js";
import { times } from "../hostile/scale.js";
import { bundledCrash } from "./crashing.js";
import { cgroupLimit, confinementOf } from "./facts.js";
import { connect, Lab, type Specimen, shell } from "./lab.js";

/** What a driver says of how it keeps its processes in, where it is run by root on a host that allows all of it. */
export interface Promised {
  /** Namespaces of its own, sorted. */
  namespaces: string[];
  /** Everything in the root folder that its process sees. */
  root: string[];
  /**
   * The kernel also remembers for a process what programs that it starts could get. Empty is better; with `no_new_privs` on, as it is for
   * all, it makes no difference.
   */
  hasEmptyBoundingSet: boolean;
}

const mebibyte = 1_048_576;
/** The guest reads the end of a connection before it is saved. */
const settleMs = 100;
const rounds = times(20, 6);
/** When an owner that clones and saves a machine is killed, in milliseconds after it began; saving takes the most time. */
const crashes = [0, 15, 40, 80, 150, 300, 700, 1_500];
const isRoot = process.getuid?.() === 0;

/** What every driver does, whichever way it runs machines; `more` adds tests of one driver in the same lab. */
export function conformance(name: DriverName, promised: Promised, more?: (lab: () => Lab) => void): void {
  describe(`the driver ${name}`, () => {
    // Machines boot here, on hosts that may be busy.
    vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

    let lab: Lab;

    beforeAll(async () => {
      lab = await Lab.open((o) => openDriver({ ...o, driver: name }));
    });

    afterAll(async () => {
      await lab?.[Symbol.asyncDispose]();
    });

    test("a machine boots, answers, ends, and leaves nothing, however often it is destroyed", async () => {
      const { folder, spec } = await lab.place({ disk: false });
      const record = lab.record(folder);
      expect(tracesOf(record)).toEqual([]);
      const machine = await lab.driver.start(spec, record);
      const connection = await connect(machine);
      expect(await shell(connection, "echo well")).toBe("well\n");
      await connection.close();
      expect(machine.isAlive()).toBe(true);
      await machine.stop();
      expect(machine.isAlive()).toBe(false);
      await expect(machine.stats()).rejects.toMatchObject({ code: "stopped" });
      await lab.driver.destroy(record);
      await lab.driver.destroy(record);
      expect(tracesOf(record)).toEqual([]);
    });

    test("machines from one saved machine live side by side, each with its own changes", async () => {
      const [one, two] = await Promise.all([lab.clone({ disk: false }), lab.clone({ disk: true })]);
      await shell(one.connection, "echo one > /workspace/mine");
      await shell(two.connection, "echo two > /workspace/mine");
      expect(await shell(one.connection, "cat /workspace/mine")).toBe("one\n");
      expect(await shell(two.connection, "cat /workspace/mine")).toBe("two\n");
      expect(one.machine.record.uid === undefined || one.machine.record.uid !== two.machine.record.uid).toBe(true);
      await end(lab, one, two);
    });

    test("a machine is saved and restored over and over: its files, open files, processes and timers live on", async () => {
      const { folder, ...first } = await lab.clone({ disk: true });
      let specimen: Specimen = first;
      await shell(specimen.connection, "head -c 300000 /dev/urandom > /workspace/kept");
      const hash = await shell(specimen.connection, "sha256sum < /workspace/kept");
      await startCounter(specimen);
      let last = 0;
      for (let round = 0; round < rounds; round++) {
        const saved = { memory: join(folder, `memory.${round}`), state: join(folder, `state.${round}`) };
        await specimen.connection.close();
        await delay(settleMs);
        await lab.driver.snapshot(specimen.machine, specimen.spec, saved);
        expect(specimen.machine.isAlive()).toBe(false);
        await lab.driver.destroy(specimen.machine.record);
        specimen = await lab.restore(folder, specimen.spec, saved);
        // What a living machine maps may be unlinked.
        await Promise.all([rm(saved.memory), rm(saved.state)]);
        const count = await counted(specimen, last);
        expect(count).toBeGreaterThan(last);
        last = count;
      }
      expect(await shell(specimen.connection, "sha256sum < /workspace/kept")).toBe(hash);
      await end(lab, specimen);
    });

    test("a saved machine has a small state, and no blocks for the memory that it never used", async () => {
      const { folder, machine, spec, connection } = await lab.clone({ disk: false });
      await connection.close();
      await delay(settleMs);
      const saved = { memory: join(folder, "memory"), state: join(folder, "state") };
      await lab.driver.snapshot(machine, spec, saved);
      const [memory, state] = [await stat(saved.memory), await stat(saved.state)];
      expect(memory.size).toBe(spec.memoryMiB * mebibyte);
      expect(memory.blocks * 512).toBeLessThan(memory.size * 0.75);
      expect(state.size).toBeLessThan(mebibyte);
    });

    test("a machine is adopted by its record, and only if the process is the one that was recorded", async () => {
      const specimen = await lab.clone({ disk: false });
      const { record } = specimen.machine;
      await specimen.connection.close();
      const adopted = lab.driver.adopt(record);
      expect(adopted?.record.process).toEqual(record.process);
      if (adopted === undefined) throw new Error("the machine was not adopted");
      const connection = await connect(adopted);
      expect(await shell(connection, "echo still here")).toBe("still here\n");
      const other = { ...record.process, startTime: record.process.startTime - 1 };
      expect(lab.driver.adopt({ ...record, process: other })).toBeUndefined();
      expect(lab.driver.adopt({ ...record, process: { ...record.process, boot: "another" } })).toBeUndefined();
      expect(lab.driver.adopt({ ...record, process: undefined })).toBeUndefined();
      await end(lab, { ...specimen, connection });
      expect(lab.driver.adopt(record)).toBeUndefined();
    });

    test("a machine says what it costs", async () => {
      const specimen = await lab.clone({ disk: true });
      const before = await specimen.machine.stats();
      await shell(specimen.connection, "head -c 5000000 /dev/urandom > /workspace/written && sync");
      const after = await specimen.machine.stats();
      expect(after.cpuMs).toBeGreaterThan(before.cpuMs);
      expect(after.memoryBytes).toBeGreaterThan(4 * mebibyte);
      expect(after.memoryBytes).toBeLessThan(2 * specimen.spec.memoryMiB * mebibyte);
      expect(after.processes).toBeGreaterThanOrEqual(1);
      if (after.disk !== undefined) expect(after.disk.writtenBytes).toBeGreaterThan(5_000_000);
      await end(lab, specimen);
    });

    test.runIf(isRoot)("a machine's process is confined", async () => {
      const specimen = await lab.clone({ disk: true });
      const { record } = specimen.machine;
      const facts = confinementOf(record.process.pid);
      expect(record.uid).toBeGreaterThanOrEqual(0x70000000);
      expect(facts).toMatchObject({ uids: [record.uid], gids: [record.uid], groups: "", seccomp: "2" });
      expect(facts.noNewPrivileges).toBe("1");
      const { bounding, ...rights } = facts.capabilities;
      for (const set of Object.values(rights)) expect(Number(`0x${set}`)).toBe(0);
      if (promised.hasEmptyBoundingSet) expect(Number(`0x${bounding}`)).toBe(0);
      expect(facts.pids?.at(-1)).toBe(1);
      expect(facts.namespaces).toEqual(promised.namespaces);
      if (promised.namespaces.includes("net")) expect(facts.networks).toEqual(["lo"]);
      expect(facts.root).toEqual(promised.root);
      // The largest file of a machine is its memory or its disk; some room beside that.
      expect(facts.fileBytes).toBeLessThanOrEqual((specimen.spec.memoryMiB + 64) * mebibyte);
      await end(lab, specimen);
    });

    test.runIf(isRoot)("a machine's process has control groups of its own, with limits", async () => {
      const specimen = await lab.clone({ disk: false, limits: { cpus: 0.5 } });
      const { cgroups, process } = specimen.machine.record;
      expect(cgroups).not.toEqual([]);
      for (const folder of cgroups) expect(cgroupMembers([folder]).map(({ pid }) => pid)).toContain(process.pid);
      const memory = Number(cgroupLimit(cgroups, ["memory.max", "memory.limit_in_bytes"]));
      expect(memory).toBeGreaterThan(specimen.spec.memoryMiB * mebibyte);
      expect(memory).toBeLessThan((specimen.spec.memoryMiB + 512) * mebibyte);
      expect(Number(cgroupLimit(cgroups, ["pids.max"]))).toBeLessThanOrEqual(128);
      expect(Number.parseInt(cgroupLimit(cgroups, ["cpu.max", "cpu.cfs_quota_us"]) ?? "", 10)).toBe(50_000);
      await end(lab, specimen);
    });

    test("a machine's disk is no faster than it may be", async () => {
      const specimen = await lab.clone({ disk: true, limits: { diskBytesPerSecond: 2 * mebibyte } });
      const began = performance.now();
      await shell(specimen.connection, "head -c 8388608 /dev/urandom > /workspace/slow && sync");
      expect(performance.now() - began).toBeGreaterThan(2_000);
      await end(lab, specimen);
    });

    test("what the host does not have is refused, and nothing is left of it", async () => {
      const { folder, spec } = await lab.place({ disk: false });
      const record = lab.record(folder);
      const excesses = [{ memoryMiB: 1_000_000_000 }, { vcpus: 10_000 }, { limits: { cpus: 10_000 } }];
      for (const excess of excesses) {
        const starting = lab.driver.start({ ...spec, ...excess }, record);
        await expect(starting).rejects.toMatchObject({ code: "limit_exceeded" });
      }
      expect(tracesOf(record)).toEqual([]);
    });

    test("a saved state that is cut off does not start, and says so", async () => {
      const { folder, spec } = await lab.place({ disk: false });
      const saved = { memory: join(folder, "memory"), state: join(folder, "state") };
      const specimen = await lab.clone({ disk: false });
      await specimen.connection.close();
      await delay(settleMs);
      await lab.driver.snapshot(specimen.machine, specimen.spec, saved);
      await truncate(saved.state, 1_000);
      const record = lab.record(folder);
      await expect(lab.driver.restore(spec, record, saved)).rejects.toMatchObject({ code: "start_failed" });
      await lab.driver.destroy(record);
      expect(tracesOf(record)).toEqual([]);
    });

    test("whenever its owner is killed, a machine is removed by the record that was written before it was made", async () => {
      await using owner = await bundledCrash();
      for (const afterMs of crashes) {
        const { folder, spec } = await lab.place({ disk: true });
        const record = lab.record(folder);
        const to = { memory: join(folder, "memory"), state: join(folder, "state"), record: join(folder, "record") };
        const { paths, image, saved } = lab;
        await owner.killAfter({ paths, image, driver: name, record, spec, saved, to }, afterMs);
        await lab.driver.destroy(record);
        expect({ afterMs, traces: tracesOf(record) }).toEqual({ afterMs, traces: [] });
      }
    });

    more?.(() => lab);
  });
}

/** Everything that is on the host because of a machine, but what its owner keeps. */
function tracesOf(record: MachineRecord): string[] {
  const processes = findByArgument(record.token).map(({ pid }) => `process ${pid}`);
  return [...processes, ...[record.jail, ...record.cgroups].filter((path) => existsSync(path))];
}

export async function end(lab: Lab, ...specimens: Specimen[]): Promise<void> {
  for (const { connection, machine } of specimens) {
    await connection.close();
    await lab.driver.destroy(machine.record);
    expect(tracesOf(machine.record)).toEqual([]);
  }
}

/** Counts into a file that has no name any more, by a timer. */
async function startCounter({ connection }: Specimen): Promise<void> {
  const loop = "exec 5> /workspace/open; rm /workspace/open; i=0; while sleep 0.1; do i=$((i+1)); echo $i >&5 && ";
  const command = `(${loop} echo $i > /workspace/count; done) > /dev/null 2>&1 &`;
  await shell(connection, `setsid /bin/sh -c '${command}' & sleep 0.3`);
}

async function counted({ connection }: Specimen, last: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const count = Number(await shell(connection, "cat /workspace/count"));
    if (count > last) return count;
    await delay(100);
  }
  return last;
}
