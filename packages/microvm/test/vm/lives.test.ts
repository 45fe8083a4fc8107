import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Connection } from "../../src/client/connection.js";
import { findByArgument, identify, isAlive } from "../../src/drivers/host/process.js";
import { MicroVMs } from "../../src/index.js";
import { readManifest, writeManifest } from "../../src/vm/manifest.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";
import { spawnOwner } from "../support/spawn-owner.js";

// One home for the file: its template is built once. Every test leaves it without VMs and without an owner.
let scratch: Awaited<ReturnType<typeof temporaryHome>>;

beforeAll(async () => {
  scratch = await temporaryHome();
});

afterAll(async () => {
  await scratch?.[Symbol.asyncDispose]();
});

const once = (name: string) => ({
  operationId: `lives.${name}`,
  command: `echo begun; sleep 3; echo line >> /workspace/${name}; sync; echo done`,
});

test("a VM goes on from its disk after its process was killed, and a call that was under way is told", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "killed", template, diskMiB: 128 });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  const [before] = vms.list();
  const running = vm.exec({ ...once("killed"), onStdout: () => killVm(before?.pid) });
  await expect(running).rejects.toMatchObject({ code: "operation_interrupted" });
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  const [after] = vms.list();
  expect(after).toMatchObject({ id: "killed", state: "running" });
  expect(after?.pid).not.toBe(before?.pid);
  expect(scratch.events.map(({ type }) => type)).toContain("vm_lost");
  await vm.destroy();
});

test("a file call under way when the process is killed is finished on the restarted VM", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "rewrite", template, diskMiB: 128 });
  const content = Buffer.alloc(20_000_000, "w");
  const writing = vm.files.write("/workspace/big", content, { operationId: "lives.rewrite" });
  setTimeout(() => killVm(vms.list()[0]?.pid), 50);
  await writing;
  expect((await vm.files.stat("/workspace/big")).size).toBe(content.length);
  await vm.destroy();
});

test("a VM without a disk comes back empty, and says so of the call that was under way", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ template });
  await vm.files.write("/workspace/gone", bytes("x"), { parents: true });
  const running = vm.exec({ command: "echo begun; sleep 20", onStdout: () => killVm(vms.list()[0]?.pid) });
  await expect(running).rejects.toMatchObject({ code: "operation_interrupted" });
  await expect(vm.files.read("/workspace/gone")).rejects.toMatchObject({ code: "not_found" });
});

test("stop and start keep the disk", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "rest", template, diskMiB: 128 });
  const folder = "/workspace/tree";
  await vm.exec({
    command: `mkdir -p ${folder} && for i in 1 2 3 4 5; do head -c 50000 /dev/urandom > ${folder}/$i; done`,
  });
  const hash = async () => text((await vm.exec({ command: `cat ${folder}/* | sha256sum` })).stdout);
  const first = await hash();
  for (let round = 0; round < 2; round++) {
    await vm.stop();
    expect(vm.isRunning).toBe(false);
    await expect(vm.exec({ command: "true" })).rejects.toMatchObject({ code: "stopped" });
    expect(vms.list()[0]).toMatchObject({ state: "stopped", pid: undefined });
    await vms.get("rest");
    expect(await hash()).toBe(first);
  }
  await vm.destroy();
});

test("the next owner takes a running VM over and re-attaches the call that was under way", async () => {
  const vms = await scratch.open();
  const vm = await vms.create({ id: "handed", template, diskMiB: 128 });
  const pid = vms.list()[0]?.pid;
  const begun = new Promise<void>((resolve) => {
    vm.exec({ ...once("handed"), onStdout: () => resolve() }).catch(() => resolve());
  });
  await begun;
  await vms.detach();
  await using next = await scratch.open();
  expect(next.list()[0]).toMatchObject({ id: "handed", state: "running", pid });
  const taken = await next.get("handed");
  expect(text((await taken.exec(once("handed"))).stdout)).toBe("begun\ndone\n");
  expect(text(await taken.files.read("/workspace/handed"))).toBe("line\n");
  await taken.destroy();
});

test("kill -9 of the owner: the VM lives, the next owner adopts it, nothing runs twice", async () => {
  const o = { ...scratch, template, id: "orphan", diskMiB: 128, ...once("orphan") };
  const owner = await spawnOwner(o, "begun");
  await expect(scratch.open()).rejects.toMatchObject({ code: "home_in_use" });
  await owner.killHard();
  await using vms = await scratch.open();
  expect(vms.list()[0]).toMatchObject({ id: "orphan", pid: owner.pid });
  const vm = await vms.get("orphan");
  expect(text((await vm.exec(once("orphan"))).stdout)).toBe("begun\ndone\n");
  expect(text(await vm.files.read("/workspace/orphan"))).toBe("line\n");
  await vm.destroy();
});

test("kill -9 of the owner, then cleanUp: no process, no socket, no folder of a VM without a disk", async () => {
  const owner = await spawnOwner({ ...scratch, template, id: "left", command: "echo begun; sleep 60" }, "begun");
  await owner.killHard();
  const manifest = await readManifest(join(scratch.home, "vms", "left"));
  const token = manifest?.machine?.token ?? "";
  expect(findByArgument(token).map(({ pid }) => pid)).toContain(owner.pid);
  await MicroVMs.cleanUp(scratch.home);
  expect(findByArgument(token)).toEqual([]);
  expect(existsSync(join(scratch.home, "run", "vm"))).toBe(false);
  expect(await readdir(join(scratch.home, "vms"))).toEqual([]);
});

test("a VM whose start was cut short is found by its token and ended", async () => {
  const owner = await spawnOwner(
    { ...scratch, template, id: "short", diskMiB: 64, command: "echo begun; sleep 60" },
    "begun",
  );
  await owner.killHard();
  const directory = join(scratch.home, "vms", "short");
  const manifest = await readManifest(directory);
  if (manifest?.machine === undefined) throw new Error("the owner left no manifest");
  await writeManifest(directory, { ...manifest, machine: { ...manifest.machine, process: undefined } });
  await using vms = await scratch.open();
  expect(findByArgument(manifest.machine.token)).toEqual([]);
  expect(vms.list()[0]).toMatchObject({ id: "short", state: "stopped" });
  await vms.destroy("short");
});

test("a pid that now belongs to another process is left alone", async () => {
  const bystander = identify(process.pid);
  if (bystander === undefined) throw new Error("this process cannot be looked up");
  expect(isAlive(bystander)).toBe(true);
  expect(isAlive({ ...bystander, startTime: bystander.startTime - 1 })).toBe(false);
  expect(isAlive({ ...bystander, boot: "another boot" })).toBe(false);
});

test("a damaged template is built anew", async () => {
  await using own = await temporaryHome({ templates: "own" });
  const from = join(scratch.home, "cache", "templates");
  const to = join(own.home, "cache", "templates");
  for (const key of (await readdir(from)).filter((name) => !name.includes("."))) {
    const [built, damaged] = [join(from, key), join(to, key)];
    await mkdir(damaged, { recursive: true });
    await symlink(join(built, "memory"), join(damaged, "memory"));
    await copyFile(join(built, "template.json"), join(damaged, "template.json"));
    await writeFile(join(damaged, "state"), "rubbish");
  }
  await using vms = await own.open();
  await using vm = await vms.create({ template });
  expect(text((await vm.exec({ command: "echo well" })).stdout)).toBe("well\n");
  expect(own.events[0]).toMatchObject({
    type: "template_built",
    why: "its files are not the ones that were built",
  });
}, 120_000);

test("a machine that is lost before it is the VM's own is replaced by another one", async () => {
  await using vms = await scratch.open();
  const call = Connection.prototype.call;
  const spy = vi.spyOn(Connection.prototype, "call").mockImplementationOnce(async function (this: Connection, request) {
    const { machine } = (await readManifest(join(scratch.home, "vms", "lost"))) ?? {};
    process.kill(machine?.process?.pid ?? Number.NaN, "SIGKILL");
    return await call.call(this, request);
  });
  const built = scratch.events.filter(({ type }) => type === "template_built").length;
  await using vm = await vms.create({ id: "lost", template, diskMiB: 64 });
  expect(spy.mock.calls.slice(0, 2).map(([{ op }]) => op)).toEqual(["configure", "configure"]);
  spy.mockRestore();
  expect(text((await vm.exec({ command: "echo well" })).stdout)).toBe("well\n");
  expect(scratch.events.filter(({ type }) => type === "template_built")).toHaveLength(built);
  await vm.destroy();
}, 60_000);

test("several VMs are created at once", async () => {
  await using vms = await scratch.open();
  const made = await Promise.all([1, 2, 3].map((n) => vms.create({ id: `n${n}`, template })));
  const names = await Promise.all(made.map(async (vm) => text((await vm.exec({ command: "hostname" })).stdout).trim()));
  expect(names).toEqual(["n1", "n2", "n3"]);
  await expect(vms.create({ id: "n1", template })).rejects.toMatchObject({ code: "exists" });
  await expect(vms.create({ id: "../n", template })).rejects.toMatchObject({ code: "invalid_argument" });
});

function killVm(pid: number | undefined): void {
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}
