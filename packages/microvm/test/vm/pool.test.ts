import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findByArgument } from "../../src/drivers/host/process.js";
import { readManifest } from "../../src/vm/manifest.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

// A template is built on the way, on a machine that may be busy.
vi.setConfig({ testTimeout: 150_000 });

let scratch: Awaited<ReturnType<typeof temporaryHome>>;

beforeAll(async () => {
  scratch = await temporaryHome();
});

afterAll(async () => {
  await scratch?.[Symbol.asyncDispose]();
});

const waiting = () => readdir(join(scratch.home, "pool"));

test("a VM is made of a machine that waits, is like any other, and another machine takes its place", async () => {
  await using vms = await scratch.open();
  await vms.warm(template, { count: 2, diskMiB: 64 });
  expect(await waiting()).toHaveLength(2);
  expect(vms.list()).toEqual([]);
  const tokens = await Promise.all(
    (await waiting()).map(async (id) => (await readManifest(join(scratch.home, "pool", id)))?.machine?.token),
  );
  const vm = await vms.create({ id: "warm", template, diskMiB: 64, labels: { a: "b" } });
  const manifest = await readManifest(join(scratch.home, "vms", "warm"));
  expect(tokens).toContain(manifest?.machine?.token);
  expect(manifest).toMatchObject({ id: "warm", labels: { a: "b" } });
  expect(manifest?.isNew).toBeUndefined();
  expect(text((await vm.exec({ command: "hostname" })).stdout)).toBe("warm\n");
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await vi.waitFor(async () => expect(await waiting()).toHaveLength(2), 20_000);
  await vm.stop();
  await vms.get("warm");
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  await vm.suspend();
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  await vm.destroy();
});

test("what is not like those that wait starts as ever; a pool can be emptied", async () => {
  await using vms = await scratch.open();
  await vms.warm(template, { count: 1 });
  await using disk = await vms.create({ template, diskMiB: 64 });
  await using bounded = await vms.create({ template, limits: { cpus: 0.5 } });
  expect(await waiting()).toHaveLength(1);
  expect([disk.isRunning, bounded.isRunning]).toEqual([true, true]);
  await vms.warm(template, { count: 0 });
  expect(await waiting()).toEqual([]);
  await disk.destroy();
});

test("a machine that died while it waited is passed over", async () => {
  await using vms = await scratch.open();
  await vms.warm(template, { count: 1 });
  const [id] = await waiting();
  const machine = (await readManifest(join(scratch.home, "pool", id ?? "")))?.machine;
  process.kill(machine?.process?.pid ?? Number.NaN, "SIGKILL");
  await using vm = await vms.create({ template });
  expect(text((await vm.exec({ command: "echo well" })).stdout)).toBe("well\n");
});

test("what waits ends with its owner, also when nobody asked it", async () => {
  const vms = await scratch.open();
  await vms.warm(template, { count: 1 });
  const [id] = await waiting();
  const token = (await readManifest(join(scratch.home, "pool", id ?? "")))?.machine?.token ?? "";
  expect(findByArgument(token)).not.toEqual([]);
  await vms.detach();
  expect(findByArgument(token)).toEqual([]);
  expect(await waiting()).toEqual([]);
});
