import { existsSync } from "node:fs";
import { mkdir, readdir, utimes } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { MicroVMs } from "../../src/index.js";
import { readManifest, writeManifest } from "../../src/vm/manifest.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

// A template is built on the way, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

let scratch: Awaited<ReturnType<typeof temporaryHome>>;

beforeAll(async () => {
  scratch = await temporaryHome({ templates: "own" });
});

afterAll(async () => {
  await scratch?.[Symbol.asyncDispose]();
});

test.each([
  ["processors", { template: { ...template, vcpus: availableParallelism() + 1 } }],
  ["memory", { template: { ...template, memoryMiB: Math.min(65_536, Math.ceil(totalmem() / 1_048_576) + 1) } }],
  ["processor time", { template, limits: { cpus: availableParallelism() + 0.5 } }],
  ["disk", { template, diskMiB: 1_048_576 }],
])("more %s than this machine has is refused, and leaves nothing", async (_, o) => {
  await using vms = await scratch.open();
  await expect(vms.create(o)).rejects.toMatchObject({ code: "limit_exceeded" });
  expect(await readdir(join(scratch.home, "vms"))).toEqual([]);
});

test.each([
  ["a disk of no size", { diskMiB: 0 }],
  ["a limit that is not known", { limits: { colour: 3 } as object }],
  ["a negative limit", { limits: { lifeSeconds: -1 } }],
  ["an idle stop that would lose everything", { limits: { idleSeconds: 60 } }],
  ["an id that leads elsewhere", { id: "../x" }],
  ["an empty user", { user: "" }],
])("%s is invalid", async (_, o) => {
  await using vms = await scratch.open();
  await expect(vms.create({ template, ...o })).rejects.toMatchObject({ code: "invalid_argument" });
});

test("the VMs of a user are counted together: all of them, and the memory of those that run", async () => {
  const { home, image } = scratch;
  const userLimits = { vms: 2, memoryMiB: template.memoryMiB, diskMiB: 96 };
  await using vms = await MicroVMs.open({ home, image, userLimits });
  const one = await vms.create({ id: "one", template, diskMiB: 64, user: "ada" });
  await expect(vms.create({ template, user: "ada" })).rejects.toMatchObject({ code: "limit_exceeded" });
  await using _others = await vms.create({ template, user: "bob" });
  await one.stop();
  const two = await vms.create({ id: "two", template, user: "ada" });
  await expect(vms.get("one")).rejects.toMatchObject({ code: "limit_exceeded" });
  await two.destroy();
  await expect(vms.create({ template, diskMiB: 64, user: "ada" })).rejects.toMatchObject({ code: "limit_exceeded" });
  await vms.get("one");
  expect(vms.list()).toMatchObject([{ id: "one", user: "ada" }, { user: "bob" }]);
  await one.destroy();
});

test("a VM that has lived as long as it may is stopped, keeps its disk and starts no more, under another owner neither", async () => {
  await using vms = await scratch.open();
  const limits = { lifeSeconds: 4 };
  const kept = await vms.create({ id: "kept", template, diskMiB: 64, limits });
  await vms.create({ id: "gone", template, limits });
  await vi.waitFor(() => expect(vms.list()).toMatchObject([{ id: "kept", state: "stopped" }]), 15_000);
  await expect(kept.ping()).rejects.toMatchObject({ code: "stopped" });
  await expect(vms.get("kept")).rejects.toMatchObject({ code: "expired" });
  expect(existsSync(join(scratch.home, "vms", "gone"))).toBe(false);
  await vms.stopAll();
  await using next = await scratch.open();
  await expect(next.get("kept")).rejects.toMatchObject({ code: "expired" });
  await next.destroy("kept");
});

test("a VM that nobody calls is stopped, one that works is not, and the next call starts it", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "idle", template, diskMiB: 64, limits: { idleSeconds: 1 } });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await vm.exec({ command: "sleep 4" });
  expect(vms.list()[0]?.state).toBe("running");
  const stopped = { type: "vm_stopped", id: "idle", why: "idle" };
  await vi.waitFor(() => expect(scratch.events).toContainEqual(stopped), 15_000);
  expect(vms.list()[0]?.state).toBe("stopped");
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  await vm.destroy();
});

test("what takes space is counted once and by kind, and a home takes no more than its quota", async () => {
  const { home, image } = scratch;
  const vms = await scratch.open();
  const vm = await vms.create({ id: "space", template, diskMiB: 128 });
  const before = await vms.df();
  await vm.exec({ command: "head -c 20000000 /dev/urandom > /workspace/big; sync" });
  const after = await vms.df();
  expect(after.disks - before.disks).toBeGreaterThan(19_000_000);
  expect(after.disks).toBeLessThan(60_000_000);
  expect(after.templates).toBeGreaterThan(30_000_000);
  const { total, ...kinds } = after;
  expect(Object.values(kinds).reduce((sum, one) => sum + one, 0)).toBe(total);
  await vms.stopAll();

  const quotaMiB = Math.ceil(total / 1_048_576) + 60;
  await using tight = await MicroVMs.open({ home, image, quotaMiB });
  await expect(tight.create({ template, diskMiB: 128 })).rejects.toMatchObject({
    code: "quota_exceeded",
    message: expect.stringContaining("vibewriter gc"),
  });
  expect(tight.list()).toHaveLength(1);
  const small = await tight.create({ template, diskMiB: 32 });
  expect(small.isRunning).toBe(true);
  await small.destroy();
  await tight.destroy("space");
});

test("a collection removes templates that nobody starts from and nobody used for a week, and says so before", async () => {
  const templates = join(scratch.home, "cache", "templates");
  const old = join(templates, "0".repeat(32));
  const recent = join(templates, "1".repeat(32));
  await using vms = await scratch.open();
  await using _vm = await vms.create({ template });
  for (const path of [old, recent]) await mkdir(path);
  const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
  for (const name of await readdir(templates)) {
    if (join(templates, name) !== recent) await utimes(join(templates, name), longAgo, longAgo);
  }
  const there = await readdir(templates);
  const would = await vms.gc({ dryRun: true });
  expect(would.items).toMatchObject([{ kind: "template", path: expect.stringContaining("0".repeat(32)) }]);
  expect(await readdir(templates)).toEqual(there);
  expect(await vms.gc()).toEqual(would);
  expect(existsSync(old)).toBe(false);
  expect(await readdir(templates)).toEqual(there.filter((name) => join(templates, name) !== old));
});

test("a thousand stopped VMs: a home opens, lists and measures them at once", async () => {
  const vms = await scratch.open();
  const vm = await vms.create({ id: "first", template, diskMiB: 64 });
  await vm.stop();
  await vms.stopAll();
  const folder = join(scratch.home, "vms");
  const first = await readManifest(join(folder, "first"));
  if (first === undefined) throw new Error("the VM left no manifest");
  for (let n = 1; n < 1_000; n++) {
    await mkdir(join(folder, `n${n}`));
    await writeManifest(join(folder, `n${n}`), { ...first, id: `n${n}` });
  }
  const started = performance.now();
  await using many = await scratch.open();
  const openedMs = performance.now() - started;
  expect(many.list()).toHaveLength(1_000);
  expect(openedMs).toBeLessThan(4_000);
  const listed = performance.now();
  for (let n = 0; n < 10; n++) many.list();
  expect((performance.now() - listed) / 10).toBeLessThan(50);
  // One of them has no disk yet: it is made with its first start.
  const late = await many.get("n500");
  expect(text((await late.exec({ command: "echo well" })).stdout)).toBe("well\n");
  await Promise.all(many.list().map(({ id }) => many.destroy(id)));
  expect(await readdir(folder)).toEqual([]);
});
