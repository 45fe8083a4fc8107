import { existsSync } from "node:fs";
import { readdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { findByArgument } from "../../src/drivers/host/process.js";
import type { MicroVM } from "../../src/index.js";
import { readManifest } from "../../src/vm/manifest.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

// A template is built on the way, on a machine that may be busy.
vi.setConfig({ testTimeout: 150_000 });

// One home for the file: its template is built once. Every test leaves it without VMs and without an owner.
let scratch: Awaited<ReturnType<typeof temporaryHome>>;

beforeAll(async () => {
  scratch = await temporaryHome();
});

afterAll(async () => {
  await scratch?.[Symbol.asyncDispose]();
});

/** Starts a program that counts for as long as its VM lives, and resolves when it has begun. */
async function startCounting(vm: MicroVM): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const command = "n=0; while :; do n=$((n+1)); echo $n > /tmp/count; [ $n = 1 ] && echo begun; sleep 0.05; done";
    vm.exec({ command, onStdout: () => resolve() }).catch(reject);
  });
}

/** Resolves once the count is higher than it is. */
async function goesOn(vm: MicroVM): Promise<void> {
  const count = Number(await shell(vm, "cat /tmp/count"));
  expect(count).toBeGreaterThan(0);
  await vi.waitFor(async () => expect(Number(await shell(vm, "cat /tmp/count"))).toBeGreaterThan(count), 10_000);
}

test.each([
  ["with a disk", 128],
  ["without a disk", undefined],
])("a suspended VM %s takes no process, and goes on where it was", async (_, diskMiB) => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "paused", template, diskMiB });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await startCounting(vm);
  const clone = await random(vm);
  const before = await readManifest(join(scratch.home, "vms", "paused"));
  await vm.suspend();
  expect(vms.list()).toMatchObject([{ id: "paused", state: "suspended", pid: undefined }]);
  expect(findByArgument(before?.machine?.token ?? "none")).toEqual([]);
  expect(await readdir(join(scratch.home, "run", "vm"))).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await goesOn(vm);
  expect(vms.list()[0]?.state).toBe("running");
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  const clockMs = Number(await shell(vm, "date +%s")) * 1_000;
  expect(Math.abs(clockMs - Date.now())).toBeLessThan(2_500);
  expect(await random(vm)).not.toBe(clone);
  const after = await readManifest(join(scratch.home, "vms", "paused"));
  expect(after?.epoch).not.toBe(before?.epoch);
  expect(after?.saved).toBeUndefined();
  await vm.destroy();
});

test("a call that is under way goes on when somebody resumes the VM, and does not resume it itself", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "under-way", template });
  const heard: string[] = [];
  const running = vm.exec({
    command: "echo one; sleep 2; echo two; sleep 1; echo three",
    timeoutMs: 6_000,
    onStdout: (chunk) => heard.push(text(chunk)),
  });
  await vi.waitFor(() => expect(heard).toEqual(["one\n"]), 10_000);
  await vm.suspend();
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(vms.list()[0]?.state).toBe("suspended");
  expect(heard).toEqual(["one\n"]);
  await vm.resume();
  expect(text((await running).stdout)).toBe("one\ntwo\nthree\n");
  expect(heard.join("")).toBe("one\ntwo\nthree\n");
});

test("suspended again and again, it keeps every file and every process", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "again", template, diskMiB: 128 });
  const tree = "mkdir -p /workspace/t && for i in 1 2 3 4; do head -c 100000 /dev/urandom > /workspace/t/$i; done";
  await vm.exec({ command: tree });
  await startCounting(vm);
  const hash = () => shell(vm, "cat /workspace/t/* | sha256sum");
  const first = await hash();
  const resumed: number[] = [];
  for (let round = 0; round < 6; round++) {
    await vm.suspend();
    const started = performance.now();
    await vm.resume();
    await vm.ping();
    resumed.push(performance.now() - started);
    expect(await hash()).toBe(first);
  }
  await goesOn(vm);
  expect(Math.min(...resumed)).toBeLessThan(1_500);
  await vm.destroy();
});

test("what was saved is used once: after a crash it is the disk that counts, with every file", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "spoilt", template, diskMiB: 128 });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await vm.exec({ command: "echo unsynced > /workspace/loose" });
  await vm.suspend();
  await truncate(join(scratch.home, "vms", "spoilt", "saved", "state"), 100);
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  expect(text(await vm.files.read("/workspace/loose"))).toBe("unsynced\n");
  expect(scratch.events.map(({ type }) => type)).toContain("vm_lost");
  await vm.suspend();
  await vm.stop();
  expect(vms.list()[0]?.state).toBe("stopped");
  expect(existsSync(join(scratch.home, "vms", "spoilt", "saved"))).toBe(false);
  await vms.get("spoilt");
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  await vm.destroy();
});

test("it stays suspended when its owner goes, and the next owner resumes it", async () => {
  const vms = await scratch.open();
  const vm = await vms.create({ id: "left", template });
  await startCounting(vm);
  await vm.suspend();
  await vms.stopAll();
  await using next = await scratch.open();
  expect(next.list()).toMatchObject([{ id: "left", state: "suspended" }]);
  const resumed = await next.get("left");
  await goesOn(resumed);
  await resumed.destroy();
});

test("a snapshot holds a VM with its processes, and every fork of it is a machine of its own", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "first", template, diskMiB: 128, labels: { role: "first" } });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await startCounting(vm);
  const made = await vms.snapshot("first", "point");
  expect(made).toMatchObject({ name: "point", vm: "first", hasMemory: true, diskMiB: 128, labels: { role: "first" } });
  expect(vms.list()[0]?.state).toBe("running");
  await expect(vms.snapshot("first", "point")).rejects.toMatchObject({ code: "exists" });
  await vm.files.write("/workspace/kept", bytes("later"));

  const forks = await Promise.all([1, 2].map((n) => vms.fork({ snapshot: "point" }, { id: `fork${n}`, labels: {} })));
  const seen = await Promise.all(
    forks.map(async (fork) => {
      await goesOn(fork);
      expect(text(await fork.files.read("/workspace/kept"))).toBe("kept");
      await fork.files.write("/workspace/kept", bytes(fork.id));
      return [await shell(fork, "hostname"), await random(fork)];
    }),
  );
  expect(seen.map(([name]) => name?.trim())).toEqual(["fork1", "fork2"]);
  expect(new Set(seen.map(([, number]) => number)).size).toBe(2);
  const epochs = await Promise.all(
    ["first", "fork1", "fork2"].map(async (id) => (await readManifest(join(scratch.home, "vms", id)))?.epoch),
  );
  expect(new Set(epochs).size).toBe(3);
  expect(text(await vm.files.read("/workspace/kept"))).toBe("later");

  const direct = await vms.fork({ vm: "first" }, { id: "direct" });
  expect(text(await direct.files.read("/workspace/kept"))).toBe("later");
  expect(vms.list().find(({ id }) => id === "direct")).toMatchObject({ state: "running", labels: { role: "first" } });
  await vms.removeSnapshot("point");
  await expect(vms.removeSnapshot("point")).rejects.toMatchObject({ code: "not_found" });
  for (const fork of [...forks, direct]) expect(await shell(fork, "hostname")).toBe(`${fork.id}\n`);
  await Promise.all([vm, ...forks, direct].map((one) => one.destroy()));
  expect(await vms.snapshots()).toEqual([]);
});

test("a stopped VM is snapshotted and forked by its disk; one that holds nothing cannot be", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "disk", template, diskMiB: 64 });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await vm.stop();
  expect(await vms.snapshot("disk", "disk")).toMatchObject({ hasMemory: false });
  const fork = await vms.fork({ snapshot: "disk" });
  expect(text(await fork.files.read("/workspace/kept"))).toBe("kept");
  expect(vms.list().find(({ id }) => id === "disk")?.state).toBe("stopped");
  const bare = await vms.create({ id: "bare", template });
  await bare.stop();
  await expect(vms.fork({ vm: "bare" })).rejects.toMatchObject({ code: "invalid_argument" });
  expect(vms.list()).toHaveLength(3);
  await expect(vms.fork({ snapshot: "../disk" })).rejects.toMatchObject({ code: "not_found" });
  await expect(vms.fork({ vm: "none" })).rejects.toMatchObject({ code: "not_found" });
  await vms.removeSnapshot("disk");
  await Promise.all(vms.list().map(({ id }) => vms.destroy(id)));
});

async function shell(vm: MicroVM, command: string): Promise<string> {
  return text((await vm.exec({ command })).stdout);
}

function random(vm: MicroVM): Promise<string> {
  return shell(vm, "head -c 16 /dev/urandom | od -An -tx1");
}
