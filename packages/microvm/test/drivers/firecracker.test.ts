import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, readlink, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Machine, MachineRecord, SavedMachine } from "../../src/drivers/driver.js";
import { ApiFault, FirecrackerApi } from "../../src/drivers/firecracker/client.js";
import { FirecrackerDriver } from "../../src/drivers/firecracker/firecracker.js";
import { prepareJail } from "../../src/drivers/firecracker/jail.js";
import { jailerArguments, startJailed } from "../../src/drivers/firecracker/jailer.js";
import { configure } from "../../src/drivers/firecracker/shape.js";
import { findCgroups } from "../../src/drivers/host/cgroup.js";
import { isAlive } from "../../src/drivers/host/process.js";
import { openDriver } from "../../src/drivers/open.js";
import { machineRecord } from "../../src/drivers/record.js";
import { conformance, type Promised } from "./conformance.js";
import { confinementOf } from "./facts.js";
import { tracesOf, usableFirecracker, Workbench, whyNoGuestBoots } from "./firecracker-workbench.js";

const binaries = await usableFirecracker();

if (typeof binaries === "string") {
  test("the real Firecracker and its jailer", ({ skip }) => skip(binaries));
} else {
  suite(binaries);
}
await conformanceWhereGuestsBoot();

function suite(binaries: Exclude<Awaited<ReturnType<typeof usableFirecracker>>, string>): void {
  vi.setConfig({ testTimeout: 60_000 });
  const mebibyte = 1_048_576;
  let bench: Workbench;

  beforeAll(async () => {
    bench = await Workbench.open(binaries);
  });

  afterAll(async () => {
    await bench?.[Symbol.asyncDispose]();
  });

  const status = async (machine: Machine, path = "status") =>
    readFile(`/proc/${machine.record.process.pid}/${path}`, "utf8");

  /** A machine that was saved right after its start, for clones. */
  async function template(): Promise<SavedMachine> {
    const saved = { memory: join(bench.home, "template-memory"), state: join(bench.home, "template-state") };
    const record = bench.record();
    const machine = await bench.driver.start(bench.spec(), record);
    await bench.driver.snapshot(machine, bench.spec(), saved);
    await bench.driver.destroy(record);
    return saved;
  }

  let made: Promise<SavedMachine> | undefined;
  const templateOnce = () => {
    made ??= template();
    return made;
  };

  describe("the jail", () => {
    let machine: Machine;
    let record: MachineRecord & { uid: number };

    beforeAll(async () => {
      record = bench.record();
      const limits = { cpus: 0.5, diskBytesPerSecond: 1_000_000 };
      machine = await bench.driver.start(bench.spec({ vcpus: 2, limits }), record);
    });

    test("is a user and group of its own, without rights, in namespaces with no network, as all machines are promised", async () => {
      const facts = confinementOf(machine.record.process.pid);
      expect(record.uid).toBeGreaterThanOrEqual(0x70000000);
      expect(facts).toMatchObject({ uids: [record.uid], gids: [record.uid], groups: "", networks: ["lo"] });
      expect(facts.namespaces).toEqual(promised.namespaces);
      expect(facts.pids?.at(-1)).toBe(1);
      const { bounding: _, ...rights } = facts.capabilities;
      for (const set of Object.values(rights)) expect(Number(`0x${set}`)).toBe(0);
      expect((await status(machine, "net/route")).trim().split("\n")).toHaveLength(1);
    });

    test("has no thread that could get rights, or is without a filter of system calls", async () => {
      const threads = await readdir(`/proc/${machine.record.process.pid}/task`);
      expect(threads.length).toBeGreaterThanOrEqual(4);
      for (const thread of threads) {
        const of = await status(machine, `task/${thread}/status`);
        expect(of).toMatch(/^NoNewPrivs:\t1$/m);
        expect(of).toMatch(/^Seccomp:\t2$/m);
      }
    });

    test("holds what the machine is made of, and nothing else", async () => {
      const inside = await readdir(`/proc/${machine.record.process.pid}/root`);
      const ofTheJailer = ["dev", "firecracker", "firecracker.pid", "run"];
      const made = ["api", "base", "disk", "initrd", "kernel", "log", "v.sock"];
      expect(inside.sort()).toEqual([...ofTheJailer, ...made].sort());
      expect(await status(machine, "environ")).toBe("");
      for (const fd of await readdir(`/proc/${machine.record.process.pid}/fd`)) {
        const target = await readlink(`/proc/${machine.record.process.pid}/fd/${fd}`);
        expect(target).toMatch(/^(anon_inode:|socket:|\/dev\/(null|kvm|urandom)|\/memfd:|\/(base|disk|log)$)/);
      }
    });

    test("is bounded: memory, processes, processor time, files", async () => {
      const groups = findCgroups();
      const value = async (v1: [string, string], v2: string) => {
        const [controller, file] = v1;
        const folder = record.cgroups.find((path) => groups.version === 2 || path.includes(`/${controller}/`));
        return (await readFile(`${folder}/${groups.version === 2 ? v2 : file}`, "utf8")).trim();
      };
      expect(Number(await value(["memory", "memory.limit_in_bytes"], "memory.max"))).toBe(256 * mebibyte);
      expect(Number(await value(["pids", "pids.max"], "pids.max"))).toBe(34);
      expect(await value(["cpu", "cpu.cfs_quota_us"], "cpu.max")).toMatch(/^50000( 100000)?$/);
      for (const folder of record.cgroups) {
        const members = (await readFile(`${folder}/cgroup.procs`, "utf8")).trim().split("\n");
        expect(members).toEqual([String(machine.record.process.pid)]);
      }
      const limits = await status(machine, "limits");
      expect(limits).toMatch(new RegExp(`^Max file size\\s+${192 * mebibyte}\\s+${192 * mebibyte}`, "m"));
      expect(limits).toMatch(/^Max open files\s+1024\s+1024/m);
    });

    test("keeps the log within bounds, and follows nothing that the process puts in its place", async () => {
      const log = join(record.jail, "root", "log");
      await writeFile(log, `${"noise\n".repeat(300_000)}\x1b[31mlast words\n`);
      await machine.trimLog();
      expect((await stat(log)).blocks).toBe(0);
      await writeFile(log, "\x1b[31mlast words\n");
      expect(await machine.diagnose()).toMatch(/ \[31mlast words$/);
      await rm(log);
      await symlink("/etc/hostname", log);
      const before = await readFile("/etc/hostname", "utf8");
      await machine.trimLog();
      expect(await machine.diagnose()).toBe("");
      expect(await readFile("/etc/hostname", "utf8")).toBe(before);
    });

    test("costs the host at most 5 MiB besides the guest's memory", async () => {
      const maps = await status(machine, "smaps");
      // The guest's memory is the one mapping that large.
      const rest = maps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).filter((map) => {
        const size = Number(/^Size:\s+(\d+) kB/m.exec(map)?.[1] ?? 0);
        return size < 100 * 1_024;
      });
      const pss = rest.reduce((sum, map) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(map)?.[1] ?? 0), 0);
      expect(pss).toBeGreaterThan(0);
      expect(pss).toBeLessThanOrEqual(5 * 1_024);
    });
  });

  describe("the machine", () => {
    test("has the devices that were asked for, and no network card", async () => {
      const layers = [join(bench.home, "one.erofs"), join(bench.home, "two.erofs")];
      for (const layer of layers) await writeFile(layer, Buffer.alloc(4_096));
      const disk = join(bench.home, "devices.img");
      await writeFile(disk, "");
      await truncate(disk, 64 * mebibyte);
      const record = bench.record();
      const spec = bench.spec({ layers, disk, vcpus: 2, limits: { diskBytesPerSecond: 2_000_000 } });
      await bench.driver.start(spec, record);
      const api = new FirecrackerApi(record.control);
      expect(await api.call("describeInstance")).toMatchObject({ id: record.token, state: "Running" });
      const found = await api.call("getExportVmConfig");
      expect(found["machine-config"]).toEqual({ vcpu_count: 2, mem_size_mib: 128, smt: false });
      expect(found["network-interfaces"]).toEqual([]);
      expect(found.vsock).toEqual({ guest_cid: 3, uds_path: "v.sock" });
      expect(found.balloon).toMatchObject({ deflate_on_oom: true, free_page_reporting: true });
      expect(found.entropy).toBeDefined();
      expect(found["boot-source"]?.boot_args?.split(" ")).toEqual(
        expect.arrayContaining([
          "8250.nr_uarts=0",
          "vibewriter.link=vsock:52",
          "vibewriter.drives=base,layer0,layer1,disk",
        ]),
      );
      const drives = found.drives.sort((one, other) => one.drive_id.localeCompare(other.drive_id));
      expect(drives.map((drive) => [drive.drive_id, drive.is_read_only, drive.cache_type, drive.io_engine])).toEqual([
        ["base", true, "Unsafe", "Sync"],
        ["disk", false, "Writeback", "Sync"],
        ["layer0", true, "Unsafe", "Sync"],
        ["layer1", true, "Unsafe", "Sync"],
      ]);
      expect(drives[1]?.rate_limiter?.bandwidth).toMatchObject({ size: 2_000_000, refill_time: 1_000 });
      // The guest writes to the very file, and nobody else can open it.
      const [inside, outside] = await Promise.all([stat(join(record.jail, "root", "disk")), stat(disk)]);
      expect([inside.ino, inside.uid, inside.mode & 0o777]).toEqual([outside.ino, record.uid, 0o600]);
      await bench.driver.destroy(record);
      expect((await stat(disk)).size).toBe(64 * mebibyte);
    });

    test("is given its drives in the order that the guest tells them apart by", async () => {
      const layers = [0, 1, 2, 3].map((index) => join(bench.home, `layer-${index}`));
      for (const layer of layers) await writeFile(layer, Buffer.alloc(4_096));
      const record = bench.record();
      const spec = bench.spec({ layers });
      await prepareJail({ spec, record, program: binaries.firecracker });
      const args = jailerArguments({ binaries, cgroups: findCgroups(), spec, record, largestFile: 0 });
      const identity = await startJailed({ binaries, args, record });
      const api = new FirecrackerApi(record.control);
      await api.ready({ deadlineMs: 10_000, isDoomed: () => !isAlive(identity) });
      await configure(api, spec);
      expect((await api.call("describeInstance")).state).toBe("Not started");
      const { drives } = await api.call("getExportVmConfig");
      expect(drives.map(({ drive_id }) => drive_id)).toEqual(["base", "layer0", "layer1", "layer2", "layer3", "disk"]);
      await bench.driver.destroy(record);
      expect(await tracesOf(record)).toEqual([]);
    });

    test("is reached at its vsock, which takes connections as soon as it is started", async () => {
      const record = bench.record();
      await bench.driver.start(bench.spec(), record);
      const socket = connect(record.rpc.path);
      await once(socket, "connect");
      socket.destroy();
      expect(record.rpc.vsockPort).toBe(52);
      await bench.driver.destroy(record);
    });

    test("tells what it costs while it lives, and that it is stopped afterwards", async () => {
      const record = bench.record();
      const machine = await bench.driver.start(bench.spec(), record);
      const stats = await machine.stats();
      expect(stats.memoryBytes).toBeGreaterThan(mebibyte);
      expect(stats.processes).toBeGreaterThanOrEqual(3);
      expect(bench.driver.adopt(machine.record)?.record).toEqual(machine.record);
      await machine.stop();
      expect(machine.isAlive()).toBe(false);
      await expect(machine.stats()).rejects.toMatchObject({ code: "stopped" });
      expect(bench.driver.adopt(machine.record)).toBeUndefined();
      await bench.driver.destroy(record);
    });

    test("what Firecracker refuses is an error with its words", async () => {
      const record = bench.record();
      await bench.driver.start(bench.spec(), record);
      const api = new FirecrackerApi(record.control);
      const refused = await api.call("putGuestVsock", { guest_cid: 3, uds_path: "again" }).catch((error) => error);
      expect(refused).toBeInstanceOf(ApiFault);
      expect(refused).toMatchObject({ code: "internal", operation: "putGuestVsock", status: 400 });
      expect(refused.message).toMatch(
        /^Firecracker failed at putGuestVsock: .*not supported after starting.*start the VM again\.$/,
      );
      await expect(api.call("patchGuestDriveByID", { drive_id: "none", rate_limiter: {} })).rejects.toBeInstanceOf(
        ApiFault,
      );
      await bench.driver.destroy(record);
    });

    test.each([
      ["memory that Firecracker does not take", { memoryMiB: 0 }, /putMachineConfiguration/],
      ["a kernel that is none", { image: "kernel" as const }, /createSyncAction.*[Kk]ernel/],
    ])("%s: it does not start, and nothing runs on", async (_, wrong, message) => {
      const record = bench.record();
      const { initrd } = bench.image;
      const spec =
        "memoryMiB" in wrong ? bench.spec(wrong) : bench.spec({ image: { ...bench.image, vmlinux: initrd } });
      await expect(bench.driver.start(spec, record)).rejects.toMatchObject({
        code: "start_failed",
        message: expect.stringMatching(message),
      });
      await bench.driver.destroy(record);
      expect(await tracesOf(record)).toEqual([]);
    });

    test("a file that is missing, a jailer that fails and a path too long for a socket are told before anything runs", async () => {
      const missing = bench.record();
      const image = { ...bench.image, base: join(bench.home, "none.erofs") };
      await expect(bench.driver.start(bench.spec({ image }), missing)).rejects.toMatchObject({
        code: "requirement_missing",
        message: expect.stringMatching(/none\.erofs cannot be read/),
      });
      await bench.driver.destroy(missing);

      const common = { version: "0", host: "here", cgroups: findCgroups() };
      const liar = { firecracker: binaries.firecracker, jailer: "/bin/false" };
      const failing = new FirecrackerDriver({ ...common, binaries: liar, run: bench.paths.run });
      const record = failing.create({ log: join(bench.home, "log-liar") });
      await expect(failing.start(bench.spec(), record)).rejects.toMatchObject({
        code: "start_failed",
        message: expect.stringMatching(/^The jailer made no jail.*It said: /),
      });
      await failing.destroy(record);
      expect(await tracesOf(record)).toEqual([]);

      const far = new FirecrackerDriver({ ...common, binaries, run: join(bench.paths.run, "x".repeat(100)) });
      const away = far.create({ log: join(bench.home, "log-far") });
      await expect(far.start(bench.spec(), away)).rejects.toMatchObject({ code: "invalid_path" });
      expect(await tracesOf(away)).toEqual([]);
    });

    test("files of another file system are copied into the jail, but a disk is what it is or nothing", async ({
      skip,
    }) => {
      const elsewhere = "/dev/shm";
      const there = await stat(elsewhere).catch(() => undefined);
      skip(
        there === undefined || there.dev === (await stat(bench.home)).dev,
        `${elsewhere} is no other file system here`,
      );
      const [layer, disk] = ["layer", "disk"].map((name) => join(elsewhere, `vw-fc-${process.pid}-${name}`));
      for (const path of [layer, disk]) await writeFile(path ?? "", Buffer.alloc(4_096, 7));
      const [record, refused] = [bench.record(), bench.record()];
      try {
        await bench.driver.start(bench.spec({ layers: [layer ?? ""] }), record);
        const copy = join(record.jail, "root", "layer0");
        expect((await readFile(copy)).equals(Buffer.alloc(4_096, 7))).toBe(true);
        expect((await stat(copy)).mode & 0o777).toBe(0o444);
        await expect(bench.driver.start(bench.spec({ disk }), refused)).rejects.toMatchObject({
          code: "requirement_missing",
          message: expect.stringMatching(/on different file systems; put the whole of VIBEWRITER_HOME on one/),
        });
      } finally {
        for (const path of [layer, disk]) await rm(path ?? "", { force: true });
        for (const made of [record, refused]) await bench.driver.destroy(made);
      }
    });

    test("a Firecracker that dies by itself leaves nothing, once it is removed", async () => {
      const record = bench.record();
      const machine = await bench.driver.start(bench.spec(), record);
      process.kill(machine.record.process.pid, "SIGKILL");
      while (machine.isAlive()) await delay(5);
      await bench.driver.destroy(record);
      expect(await tracesOf(record)).toEqual([]);
    });
  });

  describe("saving and restoring", () => {
    test("a saved machine has its memory without blocks for what was never used, nobody writes to it again, and it has ended", async () => {
      const saved = await templateOnce();
      const [memory, state] = [await stat(saved.memory), await stat(saved.state)];
      expect(memory.size).toBe(128 * mebibyte);
      expect(memory.blocks * 512).toBeLessThan(memory.size * 0.75);
      expect(state.size).toBeLessThan(mebibyte);
      for (const file of [memory, state]) expect([file.uid, file.mode & 0o777]).toEqual([process.getuid?.(), 0o444]);
    });

    test("clones run from one memory file, copy on write, each with its own jail and disk", async () => {
      const saved = await templateOnce();
      const before = await hashOf(saved.memory);
      const disk = join(bench.home, "clone.img");
      await writeFile(disk, "");
      await truncate(disk, 32 * mebibyte);
      const records = [bench.record(), bench.record()];
      const specs = [bench.spec({ disk, limits: { diskBytesPerSecond: 3_000_000 } }), bench.spec()];
      for (const [index, record] of records.entries()) {
        const machine = await bench.driver.restore(specs[index] ?? bench.spec(), record, saved);
        expect(machine.isAlive()).toBe(true);
        const api = new FirecrackerApi(record.control);
        expect((await api.call("describeInstance")).state).toBe("Running");
        const { drives } = await api.call("getExportVmConfig");
        const rate = drives.find(({ drive_id }) => drive_id === "disk")?.rate_limiter?.bandwidth?.size;
        expect(rate).toBe(index === 0 ? 3_000_000 : undefined);
        // Private: what the guest writes stays with it.
        expect(await status(machine, "maps")).toMatch(/ rw-p .* \/memory$/m);
        expect((await stat(join(record.jail, "root", "memory"))).ino).toBe((await stat(saved.memory)).ino);
      }
      const [own, none] = await Promise.all(records.map(({ jail }) => stat(join(jail, "root", "disk"))));
      expect([own?.ino, none?.size]).toEqual([(await stat(disk)).ino, mebibyte]);
      expect(new Set(records.map(({ uid }) => uid)).size).toBe(2);
      for (const record of records) await bench.driver.destroy(record);
      expect(await hashOf(saved.memory)).toBe(before);
    });

    test("a restored machine is saved again and restored again, and may outlive the files that it came from", async () => {
      let from = await templateOnce();
      for (let round = 0; round < 3; round++) {
        const record = bench.record();
        const machine = await bench.driver.restore(bench.spec(), record, from);
        const to = { memory: join(bench.home, `memory-${round}`), state: join(bench.home, `state-${round}`) };
        if (round > 0) await Promise.all([rm(from.memory), rm(from.state)]);
        await bench.driver.snapshot(machine, bench.spec(), to);
        expect(machine.isAlive()).toBe(false);
        await bench.driver.destroy(record);
        from = to;
      }
    });

    test.each<[what: string, damage: (saved: SavedMachine) => Promise<void>]>([
      ["is cut short", ({ state }) => truncate(state, 5_000)],
      ["has other bytes", async ({ state }) => writeFile(state, (await readFile(state)).fill(0x41, 100, 3_000))],
      ["has too little memory", ({ memory }) => truncate(memory, mebibyte)],
    ])("a saved machine that %s does not start, and nothing of the attempt stays", async (_, damage) => {
      const whole = await templateOnce();
      const saved = { memory: join(bench.home, "damaged-memory"), state: join(bench.home, "damaged-state") };
      for (const name of ["memory", "state"] as const) {
        await rm(saved[name], { force: true });
        await writeFile(saved[name], await readFile(whole[name]));
      }
      await damage(saved);
      const record = bench.record();
      await expect(bench.driver.restore(bench.spec(), record, saved)).rejects.toMatchObject({
        code: "start_failed",
        message: expect.stringMatching(/did not load the saved VM.*loadSnapshot/),
      });
      await bench.driver.destroy(record);
      expect(await tracesOf(record)).toEqual([]);
    });

    test("a machine that is dead cannot be saved", async () => {
      const record = bench.record();
      const machine = await bench.driver.start(bench.spec(), record);
      await machine.stop();
      const saved = { memory: join(bench.home, "never"), state: join(bench.home, "never") };
      await expect(bench.driver.snapshot(machine, bench.spec(), saved)).rejects.toMatchObject({
        code: "snapshot_failed",
      });
      await bench.driver.destroy(record);
    });
  });

  describe("removing", () => {
    test("goes by the record alone, again and again, and touches nothing else", async () => {
      const [record, other] = [bench.record(), bench.record()];
      await bench.driver.destroy(record);
      const machine = await bench.driver.start(bench.spec(), record);
      const neighbour = await bench.driver.start(bench.spec(), other);
      const forgotten = machineRecord.parse(JSON.parse(JSON.stringify(record)));
      expect(forgotten.process).toBeUndefined();
      await bench.driver.destroy(forgotten);
      await bench.driver.destroy(forgotten);
      expect(machine.isAlive()).toBe(false);
      expect(await tracesOf(record)).toEqual([]);
      expect(neighbour.isAlive()).toBe(true);
      await bench.driver.destroy(other);
    });

    test("leaves no process, folder, control group or mount behind, however often", async () => {
      const saved = await templateOnce();
      const count = async () => ({
        mounts: (await readFile("/proc/mounts", "utf8")).split("\n").length,
        jails: (await readdir(bench.paths.run)).length,
        descriptors: (await readdir("/proc/self/fd")).length,
      });
      const before = await count();
      for (let cycle = 0; cycle < 15; cycle++) {
        const record = bench.record();
        await bench.driver.restore(bench.spec(), record, saved);
        await bench.driver.destroy(record);
        expect(await tracesOf(record)).toEqual([]);
      }
      expect(await count()).toEqual(before);
    });

    // The owner dies at moments that are spread over all that it does; what it wrote down before is enough to remove the rest.
    test.each([
      ["a start", [0, 2, 5, 10, 15, 20, 30, 45, 60, 90]],
      ["a restore", [0, 10, 20, 35, 60]],
      ["a snapshot", [0, 5, 20, 60, 150]],
    ] as const)("after kill -9 of the owner at any moment of %s nothing is left", async (what, moments) => {
      const saved = await templateOnce();
      const program = await bundledOwner();
      for (const ms of moments) {
        const recordFile = join(bench.home, `record-${what}-${ms}.json`);
        const save = { memory: join(bench.home, "cut-memory"), state: join(bench.home, "cut-state") };
        const child = await owner(program, {
          binaries,
          run: bench.paths.run,
          log: join(bench.home, "log-owner"),
          recordFile,
          spec: bench.spec(),
          saved: what === "a start" ? undefined : saved,
          save: what === "a snapshot" ? save : undefined,
        });
        await delay(ms);
        await killHard(child);
        const record = machineRecord.parse(JSON.parse(await readFile(recordFile, "utf8")));
        await bench.driver.destroy(record);
        expect(await tracesOf(record), `killed after ${ms} ms`).toEqual([]);
      }
    });

    test("an unrelated process is not ended for having the pid of one that is gone", async () => {
      const record = bench.record();
      const machine = await bench.driver.start(bench.spec(), record);
      await bench.driver.destroy(machine.record);
      const stranger = spawn("sleep", ["30"]);
      await once(stranger, "spawn");
      const reused = { ...machine.record, process: { ...machine.record.process, pid: stranger.pid ?? 0 } };
      expect(isAlive(reused.process)).toBe(false);
      expect(bench.driver.adopt(reused)).toBeUndefined();
      await bench.driver.destroy(reused);
      expect(stranger.exitCode).toBeNull();
      stranger.kill();
    });
  });

  describe("choosing", () => {
    test("production mode takes Firecracker where a VM boots, and else says why not and what to do", async () => {
      const asked = openDriver({ paths: bench.paths, image: bench.image, production: true, ...binaries });
      const driver = await asked.catch((error) => error);
      if (driver instanceof FirecrackerDriver) expect(driver.weaknesses).toEqual([]);
      else
        expect(driver).toMatchObject({
          code: "isolation_refused",
          message: expect.stringMatching(/no VM boots.*check-host/),
        });
    });
  });

  let bundle: Promise<string> | undefined;
  async function bundledOwner(): Promise<string> {
    bundle ??= (async () => {
      const outfile = join(bench.home, "owner.mjs");
      const entry = fileURLToPath(new URL("firecracker-owner.ts", import.meta.url));
      await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", target: "node20" });
      return outfile;
    })();
    return bundle;
  }
}

/** As the jailer makes it, and with what a clone is made of. */
const promised: Promised = {
  namespaces: ["ipc", "mnt", "net", "pid", "uts"],
  root: [
    ...["api", "base", "dev", "disk", "firecracker", "firecracker.pid"],
    ...["log", "memory", "run", "state", "v.sock"],
  ],
  hasEmptyBoundingSet: false,
};

/** The suite of all drivers needs guests that answer. */
async function conformanceWhereGuestsBoot(): Promise<void> {
  const reason = typeof binaries === "string" ? binaries : await whyNoGuestBoots();
  if (reason === undefined) conformance("firecracker", promised);
  else test("the suite of all drivers with Firecracker", ({ skip }) => skip(reason));
}

async function hashOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

async function owner(program: string, o: Record<string, unknown>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, JSON.stringify(o)], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) if (line === "begun") break;
  return child;
}

async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
