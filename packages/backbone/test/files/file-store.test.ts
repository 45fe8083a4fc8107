import { createHash, randomBytes } from "node:crypto";
import { jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { rechunk } from "../../src/files/rechunk.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const MiB = 1024 * 1024;
const STREAM = "OBJ_VIBEWRITER_FILES";

/** Messages of the store that hold bytes of files. */
async function chunkCount(): Promise<number> {
  const jsm = await jetstreamManager(bb.backbone.connection);
  const { state } = await jsm.streams.info(STREAM, { subjects_filter: "$O.VIBEWRITER_FILES.C.>" });
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}

async function* chunks(bytes: Uint8Array, size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([0, 1, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 9 * MiB + 1])(
  "%i bytes come back as they went",
  async (size) => {
    const { files } = bb.backbone;
    const bytes = randomBytes(size);
    const info = await files.put(`sizes/${size}`, chunks(bytes, 1_000_003));
    expect(info).toMatchObject({ key: `sizes/${size}`, kind: "written", size, sha256: sha256(bytes) });
    expect(Buffer.compare((await files.get(`sizes/${size}`)) ?? Buffer.alloc(1), bytes)).toBe(0);
    expect(await files.stat(`sizes/${size}`)).toEqual(info);
  },
);

test("any NATS client reads what we wrote, and we read what it wrote", async () => {
  const { files, connection } = bb.backbone;
  const objects = await new Objm(connection).open("VIBEWRITER_FILES");
  const bytes = randomBytes(1_300_000);
  await files.put("agent/drafts/ours", Buffer.from("an older version"));
  await files.put("agent/drafts/ours", bytes, { expected: 1 });
  await files.put("agent/drafts/ours", bytes);
  expect(Buffer.compare((await objects.getBlob("agent/drafts/ours")) ?? Buffer.alloc(0), bytes)).toBe(0);
  expect((await objects.list()).map(({ name }) => name)).toContain("agent/drafts/ours");
  await objects.putBlob({ name: "theirs" }, bytes);
  expect(Buffer.compare((await files.get("theirs")) ?? Buffer.alloc(0), bytes)).toBe(0);
  // And what it writes over ours takes nothing from the other keys of the same content.
  await files.put("agent/drafts/copy", bytes);
  await objects.putBlob({ name: "agent/drafts/ours" }, Buffer.from("theirs now"));
  expect(Buffer.from((await files.get("agent/drafts/ours")) ?? "").toString()).toBe("theirs now");
  await objects.delete("agent/drafts/ours");
  expect(await files.stat("agent/drafts/ours")).toBe(undefined);
  expect(Buffer.compare((await files.get("agent/drafts/copy")) ?? Buffer.alloc(0), bytes)).toBe(0);
});

test("the same bytes are stored once, whatever their keys; the same put again is no version", async () => {
  const { files } = bb.backbone;
  const bytes = randomBytes(MiB);
  const first = await files.put("again", bytes);
  const before = await chunkCount();
  expect(await files.put("again", bytes)).toEqual(first);
  expect(await files.put("again", chunks(bytes))).toEqual(first);
  expect(await files.history("again")).toEqual([first]);
  await files.put("again, elsewhere", bytes);
  await files.put("again, streamed", chunks(bytes));
  expect(await chunkCount()).toBe(before);
});

test("a source whose digest is stored already is not read; one that is not of its digest is refused", async () => {
  const { files } = bb.backbone;
  const bytes = randomBytes(100);
  await files.put("digest", bytes);
  async function* unread(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("was read");
  }
  await files.put("digest, again", unread(), { sha256: sha256(bytes) });
  expect(await files.get("digest, again")).toEqual(bytes);
  const other = sha256(Buffer.from("other"));
  await expect(files.put("digest, wrong", unread(), { sha256: other })).rejects.toMatchObject({ code: "invalid" });
  expect(await files.stat("digest, wrong")).toBe(undefined);
});

test("racing writers of one key leave whole versions, the last of them the file", async () => {
  const { files } = bb.backbone;
  const contents = Array.from({ length: 8 }, () => randomBytes(700_000));
  await Promise.all(contents.map((content) => files.put("race", content)));
  const history = await files.history("race");
  expect(history.map((one) => one.sha256).sort()).toEqual(contents.map(sha256).sort());
  expect(await files.stat("race")).toEqual(history.at(-1));
  for (const { version, sha256: digest } of history) {
    expect(sha256((await files.get("race", { version })) ?? Buffer.alloc(0))).toBe(digest);
  }
});

test("racing writers of the same bytes store them once", async () => {
  const { files } = bb.backbone;
  const bytes = randomBytes(3 * MiB);
  const before = await chunkCount();
  const keys = ["a", "b", "c", "d"].map((name) => `same/${name}`);
  await Promise.all(keys.map((key) => files.put(key, chunks(bytes))));
  expect(await chunkCount()).toBe(before + 6);
  for (const key of keys) expect(Buffer.compare((await files.get(key)) ?? Buffer.alloc(0), bytes)).toBe(0);
});

test("list by prefix, delete, and what is not there", async () => {
  const { files } = bb.backbone;
  await files.put("agent/sources/b", Buffer.from("b"));
  await files.put("agent/sources/a", Buffer.from("a"));
  await files.put("agent/artifacts/ü x.*>", Buffer.from("d"));
  expect((await files.list("agent/sources/")).map((f) => f.key)).toEqual(["agent/sources/a", "agent/sources/b"]);
  expect((await files.list("agent/")).map((f) => f.key)).toContain("agent/artifacts/ü x.*>");
  expect((await files.list()).filter((f) => f.key.startsWith("sha256/"))).toEqual([]);
  expect(await files.delete("agent/sources/a")).toBe(true);
  expect(await files.delete("agent/sources/a")).toBe(false);
  expect(await files.get("agent/sources/a")).toBe(undefined);
  expect((await files.list("agent/sources/")).map((f) => f.key)).toEqual(["agent/sources/b"]);
  await expect(files.stream("nothing").next()).rejects.toMatchObject({ code: "not_found" });
  expect(await files.history("nothing")).toEqual([]);
});

test.each(["", "x".repeat(1_025), "ü".repeat(513), "sha256/abc"])("the key %j is refused", async (key) => {
  await expect(bb.backbone.files.put(key, Buffer.from("x"))).rejects.toMatchObject({ code: "invalid" });
});

test("a source that breaks stores nothing", async () => {
  const { files } = bb.backbone;
  const before = await chunkCount();
  async function* broken() {
    yield randomBytes(6 * MiB);
    throw new Error("the cable was pulled");
  }
  await expect(files.put("broken", broken())).rejects.toThrow("the cable was pulled");
  expect(await files.get("broken")).toBe(undefined);
  expect(await chunkCount()).toBe(before);
});

test("64 MiB stream through in flat memory, over a kill -9 in each direction", async () => {
  const { files, connection } = bb.backbone;
  const sha = createHash("sha256");
  async function* source() {
    const block = randomBytes(MiB);
    for (let i = 0; i < 64; i++) {
      block.writeUInt32LE(i);
      sha.update(block);
      if (i === 20 || i === 40) bb.kill();
      yield block; // The same buffer each time.
    }
  }
  const resident = process.memoryUsage().rss;
  const info = await files.put("large", source());
  expect(info).toMatchObject({ size: 64 * MiB, sha256: sha.digest("hex") });
  const read = createHash("sha256");
  let parts = 0;
  for await (const part of files.stream("large")) {
    read.update(part);
    if (++parts === 40) bb.kill();
  }
  expect(read.digest("hex")).toBe(info.sha256);
  expect((process.memoryUsage().rss - resident) / MiB).toBeLessThan(150);
  // Not a chunk too many either: a client that takes all chunks of the subject finds the same.
  const objects = await new Objm(connection).open("VIBEWRITER_FILES");
  const plain = await objects.get("large");
  const theirs = createHash("sha256");
  const reader = plain?.data.getReader();
  for (let at = await reader?.read(); at && !at.done; at = await reader?.read()) theirs.update(at.value);
  expect(theirs.digest("hex")).toBe(info.sha256);
});

test("parts of any size are cut to the wanted size", async () => {
  for (const sizes of [[], [0], [5], [3, 3, 3], [10, 1], [1, 0, 9, 25]]) {
    const parts = sizes.map((size) => randomBytes(size));
    const whole = Buffer.concat(parts);
    const out: Uint8Array[] = [];
    async function* source() {
      yield* parts;
    }
    for await (const part of rechunk(source(), 5)) out.push(part);
    expect(Buffer.concat(out).equals(whole)).toBe(true);
    expect(out.slice(0, -1).every((part) => part.length === 5)).toBe(true);
  }
});
