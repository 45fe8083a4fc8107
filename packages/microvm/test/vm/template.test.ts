import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildLayer } from "../../image/layer.mjs";
import { type MicroVM, MicroVMs, type TemplateSpec } from "../../src/index.js";
import { bytes, template as plain, temporaryHome, text } from "../support/home.js";

// Templates are built on the way, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

let scratch: Awaited<ReturnType<typeof temporaryHome>>;

beforeAll(async () => {
  scratch = await temporaryHome({ templates: "own" });
});

afterAll(async () => {
  await scratch?.[Symbol.asyncDispose]();
});

test("a VM that an earlier owner left running moves to the template of today, with its disk and its journal", async () => {
  const older = await templateWith("one");
  const newer = await templateWith("two", 320);
  const once = { command: "echo x >> /workspace/once; wc -l < /workspace/once", operationId: "template.once" };
  const owner = await scratch.open();
  const vm = await owner.create({ id: "moved", template: older, diskMiB: 128 });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  expect(await answer(vm, once)).toBe("1\n");
  expect(await layerOf(vm)).toBe("one");
  const [before] = owner.list();
  await owner.detach();

  const next = await scratch.open();
  const same = await next.get("moved", { template: older });
  expect(next.list()[0]).toMatchObject({ pid: before?.pid, memoryMiB: 256 });
  expect(await layerOf(same)).toBe("one");
  await next.detach();
  await rm(older.layers[0] ?? "");

  await using last = await scratch.open();
  expect(last.list()[0]).toMatchObject({ state: "running", pid: before?.pid });
  const moved = await last.get("moved", { template: newer });
  expect(last.list()[0]).toMatchObject({ state: "running", memoryMiB: 320 });
  expect(last.list()[0]?.pid).not.toBe(before?.pid);
  expect(await layerOf(moved)).toBe("two");
  expect(text(await moved.files.read("/workspace/kept"))).toBe("kept");
  expect(await answer(moved, once)).toBe("1\n");
  await moved.destroy();
});

test("a VM that somebody in this process works with runs on, and moves with its next start", async () => {
  const older = await templateWith("one");
  const newer = await templateWith("two", 320);
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "lent", template: older, diskMiB: 128 });
  const [before] = vms.list();
  const working = vm.exec({ command: "echo begun; sleep 2; cat /opt/canary-layer" });
  const again = await vms.get("lent", { template: newer });
  expect(text((await working).stdout)).toBe("begun\none");
  expect(await layerOf(again)).toBe("one");
  expect(vms.list()[0]?.pid).toBe(before?.pid);
  await vm.stop();
  expect(await layerOf(await vms.get("lent"))).toBe("two");
  await vm.destroy();
});

test("a stopped VM whose layer is gone says so, and starts from the template it is given", async () => {
  const older = await templateWith("one");
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "gone", template: older, diskMiB: 128 });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  await vm.stop();
  await rm(older.layers[0] ?? "");
  await expect(vms.get("gone")).rejects.toMatchObject({
    code: "requirement_missing",
    message: expect.stringContaining("open the VM with the template of today"),
  });
  const bad = { ...plain, layers: [], memoryMiB: 1 };
  await expect(vms.get("gone", { template: bad })).rejects.toMatchObject({ code: "invalid_argument" });
  const started = await vms.get("gone", { template: plain });
  expect(text(await started.files.read("/workspace/kept"))).toBe("kept");
  expect(await layerOf(started)).toBe("none");
  await vm.destroy();
});

test("another image is another template: a running VM with a disk moves, one without keeps what it holds", async () => {
  const { home, image } = scratch;
  const owner = await scratch.open();
  await owner.create({ id: "disk", template: plain, diskMiB: 128 });
  const memory = await owner.create({ id: "memory", template: plain });
  await memory.files.write("/workspace/held", bytes("held"), { parents: true });
  const before = pids(owner);
  await owner.detach();
  await using vms = await MicroVMs.open({ home, image: { ...image, digest: `${image.digest}-of-tomorrow` } });
  const held = await vms.get("memory", { template: plain });
  expect(text(await held.files.read("/workspace/held"))).toBe("held");
  const moved = await vms.get("disk", { template: plain });
  expect(text((await moved.exec({ command: "echo well" })).stdout)).toBe("well\n");
  const after = pids(vms);
  expect(after.memory).toBe(before.memory);
  expect(after.disk).not.toBe(before.disk);
  await moved.destroy();
});

/** A template with a layer that says `words`; made again it is the same one. */
async function templateWith(words: string, memoryMiB = plain.memoryMiB): Promise<TemplateSpec> {
  const folder = join(scratch.home, "layers");
  await mkdir(folder, { recursive: true });
  const [said, out] = [join(folder, `${words}.txt`), join(folder, `${words}.erofs`)];
  await writeFile(said, words);
  await buildLayer({ files: { "/opt/canary-layer": said }, out });
  return { ...plain, memoryMiB, layers: [out] };
}

function layerOf(vm: MicroVM): Promise<string> {
  return answer(vm, { command: "cat /opt/canary-layer 2>/dev/null || printf none" });
}

async function answer(vm: MicroVM, o: { command: string; operationId?: string }): Promise<string> {
  return text((await vm.exec(o)).stdout);
}

function pids(vms: MicroVMs): Record<string, number | undefined> {
  return Object.fromEntries(vms.list().map(({ id, pid }) => [id, pid]));
}
