import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { encodeEntry, endOfTar } from "../../src/export/tar.js";
import { MicroVMs } from "../../src/index.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

// A template is built on the way, on a machine that may be busy.
vi.setConfig({ testTimeout: 150_000 });

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let file: string;
/** The tree in the exported VM, as a hash. */
let tree: string;

const hashTree = "cd /workspace && find . -type f | sort | xargs sha256sum | sha256sum";

beforeAll(async () => {
  scratch = await temporaryHome();
  file = join(scratch.home, "first.vm");
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "first", template, diskMiB: 256, labels: { of: "ada" }, user: "ada" });
  await vm.files.write("/workspace/deep/big", randomBytes(3_000_000), { parents: true });
  await vm.exec({ command: "echo unsynced > /workspace/loose" });
  // One that runs goes on, and what no call has synced is in the file too.
  const working = vm.exec({ command: "sleep 1; echo on" });
  await vms.export("first", file);
  expect(vms.list()[0]?.state).toBe("running");
  expect(text((await working).stdout)).toBe("on\n");
  tree = text((await vm.exec({ command: hashTree })).stdout);
  await vm.destroy();
}, 180_000);

afterAll(async () => {
  await scratch?.[Symbol.asyncDispose]();
});

test("an exported VM comes back on another host, with every file; holes take no space in the file or on the disk", async () => {
  expect((await stat(file)).size).toBeLessThan(8_000_000);
  await using other = await temporaryHome();
  await using vms = await other.open();
  const vm = await vms.import(file, { id: "again", user: "bob" });
  expect(vms.list()).toMatchObject([
    { id: "again", state: "stopped", diskMiB: 256, labels: {}, user: "bob", template: "test", memoryMiB: 256 },
  ]);
  expect((await vms.df()).disks).toBeLessThan(40_000_000);
  expect(text((await vm.exec({ command: hashTree })).stdout)).toBe(tree);
  await vm.stop();
  const second = join(other.home, "second.vm");
  await vms.export("again", second);
  await vm.destroy();
  const twice = await vms.import(second);
  expect(text((await twice.exec({ command: hashTree })).stdout)).toBe(tree);
  await twice.destroy();
});

test("a suspended VM is exported by its disk; a file that is there is not written over; one without a disk is refused", async () => {
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "paused", template, diskMiB: 64 });
  await vm.exec({ command: "echo unsynced > /workspace/loose" });
  await vm.suspend();
  const out = join(scratch.home, "paused.vm");
  await vms.export("paused", out);
  await expect(vms.export("paused", out)).rejects.toMatchObject({ code: "exists" });
  expect(vms.list()[0]?.state).toBe("suspended");
  await vm.destroy();
  const back = await vms.import(out, { id: "paused" });
  expect(text(await back.files.read("/workspace/loose"))).toBe("unsynced\n");
  await expect(vms.import(out, { id: "paused" })).rejects.toMatchObject({ code: "exists" });
  await back.destroy();
  await using bare = await vms.create({ id: "bare", template });
  await expect(vms.export("bare", join(scratch.home, "bare.vm"))).rejects.toMatchObject({ code: "invalid_argument" });
  expect(bare.isRunning).toBe(true);
  expect(existsSync(join(scratch.home, "bare.vm"))).toBe(false);
});

/** The exported file with its parts changed by hand, as a liar would. */
async function forged(change: (parts: { name: string; content: Buffer }[]) => void): Promise<Buffer> {
  const parts = partsOf(gunzipSync(await readFile(file)));
  change(parts);
  return gzipSync(Buffer.concat([...parts.flatMap(encodeEntry), endOfTar()]), { level: 1 });
}

function partsOf(tar: Buffer): { name: string; content: Buffer }[] {
  const parts: { name: string; content: Buffer }[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const name = tar.toString("latin1", at, at + 100).split("\0")[0] ?? "";
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 135), 8);
    parts.push({ name, content: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return parts;
}

const changed = (from: string, to: string) => (parts: { content: Buffer }[]) => {
  const [first] = parts;
  if (first === undefined) throw new Error("the file has no parts");
  expect(first.content.toString()).toContain(from);
  first.content = Buffer.from(first.content.toString().replace(from, to));
};

test.each<[string, () => Promise<Buffer>, string]>([
  ["is empty", async () => Buffer.alloc(0), "invalid_argument"],
  ["is something else", async () => randomBytes(100_000), "invalid_argument"],
  ["is cut off", async () => (await readFile(file)).subarray(0, 500_000), "invalid_argument"],
  [
    "is cut off inside its tar",
    async () => gzipSync(gunzipSync(await readFile(file)).subarray(0, 700_000)),
    "invalid_argument",
  ],
  [
    "goes on after its end",
    async () => gzipSync(Buffer.concat([gunzipSync(await readFile(file)), bytes("more")])),
    "invalid_argument",
  ],
  ["is damaged", async () => flipped(await readFile(file)), "invalid_argument"],
  ["is of another version", () => forged(changed('"version":1', '"version":2')), "invalid_argument"],
  ["wants an id of its own", () => forged(changed('"vm":', '"id":"../../x","vm":')), "invalid_argument"],
  ["names a template that is none", () => forged(changed('"name":"test"', '"name":"../test"')), "invalid_argument"],
  [
    "names a file of the host",
    () => forged(changed('"name":"test"', '"layers":["/etc/shadow"],"name":"test"')),
    "invalid_argument",
  ],
  [
    "gives itself rights",
    () => forged(changed('"diskMiB":256', '"diskMiB":256,"egress":{"allow":[]}')),
    "invalid_argument",
  ],
  ["asks for more disk than there is", () => forged(changed('"diskMiB":256', '"diskMiB":1048576')), "limit_exceeded"],
  ["asks for a disk too small for it", () => forged(changed('"diskMiB":256', '"diskMiB":16')), "invalid_argument"],
  ["lacks a piece", () => forged((parts) => parts.splice(2, 1)), "invalid_argument"],
  ["has a piece twice", () => forged((parts) => parts.splice(2, 0, ...parts.slice(1, 2))), "invalid_argument"],
  ["has a piece of another content", () => forged((parts) => parts[1]?.content.fill(7)), "invalid_argument"],
  [
    "has a name that leads elsewhere",
    () => forged((parts) => parts.splice(1, 0, { name: "../../etc/x", content: Buffer.alloc(4) })),
    "invalid_argument",
  ],
  [
    "has a piece past the end",
    () => forged((parts) => parts.splice(-1, 0, { name: "disk/00000000f0000000", content: Buffer.alloc(4, 1) })),
    "invalid_argument",
  ],
  [
    "has a huge part",
    () => forged((parts) => parts.splice(1, 0, { name: "disk/0000000000000000", content: Buffer.alloc(2_000_000, 1) })),
    "invalid_argument",
  ],
])("a file that %s is refused, and leaves nothing", async (_, make, code) => {
  const bad = join(scratch.home, "bad.vm");
  await writeFile(bad, await make());
  await using vms = await scratch.open();
  await expect(vms.import(bad)).rejects.toMatchObject({ code });
  expect(vms.list()).toEqual([]);
  expect(await readdir(join(scratch.home, "vms"))).toEqual([]);
  await rm(bad);
});

test("a file that grows without end is read no further than the disk it is for", async () => {
  const bad = join(scratch.home, "bomb.vm");
  const zeros = encodeEntry({ name: "disk/0000000000000000", content: Buffer.alloc(1_048_576, 1) });
  await writeFile(bad, await forged((parts) => parts.splice(1)));
  const begun = gunzipSync(await readFile(bad)).subarray(0, -1_024);
  await writeFile(bad, gzipSync(Buffer.concat([begun, ...Array.from({ length: 50 }, () => zeros).flat()])));
  await using vms = await scratch.open();
  await expect(vms.import(bad)).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringContaining("out of place"),
  });
  await rm(bad);
});

test("an import takes no more than the home's quota", async () => {
  const { home, image } = scratch;
  await using vms = await MicroVMs.open({ home, image, quotaMiB: 8 });
  await expect(vms.import(file)).rejects.toMatchObject({ code: "quota_exceeded" });
  expect(await readdir(join(home, "vms"))).toEqual([]);
});

function flipped(content: Buffer): Buffer {
  const at = Math.floor(content.length / 2);
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  return content;
}
