import { createHash, randomBytes } from "node:crypto";
import { Objm } from "@nats-io/obj";
import { rechunk } from "../src/files/rechunk.js";
import { type TestBackbone, testBackbone } from "./support/backbone.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const MiB = 1024 * 1024;

async function messages(): Promise<number> {
  const status = await (await new Objm(bb.backbone.connection).open("VIBEWRITER_FILES")).status();
  return status.streamInfo.state.messages;
}

test.each([0, 1, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 3 * MiB])(
  "%i bytes come back as they went",
  async (size) => {
    const { files } = bb.backbone;
    const bytes = randomBytes(size);
    const info = await files.put(`sizes/${size}`, bytes);
    expect(info).toMatchObject({ key: `sizes/${size}`, size, sha256: sha256(bytes) });
    expect(Buffer.compare((await files.get(`sizes/${size}`)) ?? Buffer.alloc(1), bytes)).toBe(0);
    expect(await files.stat(`sizes/${size}`)).toEqual(info);
  },
);

test("any NATS client reads what we wrote, and we read what it wrote", async () => {
  const { files, connection } = bb.backbone;
  const objects = await new Objm(connection).open("VIBEWRITER_FILES");
  const bytes = randomBytes(1_300_000);
  await files.put("ours", bytes);
  expect(Buffer.compare((await objects.getBlob("ours")) ?? Buffer.alloc(0), bytes)).toBe(0);
  await objects.putBlob({ name: "theirs" }, bytes);
  expect(Buffer.compare((await files.get("theirs")) ?? Buffer.alloc(0), bytes)).toBe(0);
});

test("the same content again writes nothing; other content replaces it and leaves nothing behind", async () => {
  const { files } = bb.backbone;
  const bytes = randomBytes(MiB);
  const first = await files.put("again", bytes);
  const before = await messages();
  expect(await files.put("again", bytes)).toEqual(first);
  expect(await files.put("again", chunks(bytes))).toEqual(first);
  expect(await messages()).toBe(before);
  const other = await files.put("again", randomBytes(MiB));
  expect(other.sha256).not.toBe(first.sha256);
  expect(await messages()).toBe(before);
});

async function* chunks(bytes: Uint8Array, size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("racing writers of one key leave one whole file", async () => {
  const { files } = bb.backbone;
  const before = await messages();
  const contents = Array.from({ length: 8 }, () => randomBytes(700_000));
  await Promise.all(contents.map((content) => files.put("race", content)));
  const stored = await files.get("race");
  expect(contents.some((content) => stored && Buffer.compare(content, stored) === 0)).toBe(true);
  expect(await messages()).toBe(before + 3); // Two chunks and their entry.
});

test("list by prefix, delete, and what is not there", async () => {
  const { files } = bb.backbone;
  await files.put("agent/sources/b", Buffer.from("b"));
  await files.put("agent/sources/a", Buffer.from("a"));
  await files.put("agent/drafts/ü x", Buffer.from("d"));
  expect((await files.list("agent/sources/")).map((f) => f.key)).toEqual(["agent/sources/a", "agent/sources/b"]);
  expect((await files.list("agent/")).map((f) => f.key)).toContain("agent/drafts/ü x");
  expect(await files.delete("agent/sources/a")).toBe(true);
  expect(await files.delete("agent/sources/a")).toBe(false);
  expect(await files.get("agent/sources/a")).toBe(undefined);
  expect((await files.list("agent/sources/")).map((f) => f.key)).toEqual(["agent/sources/b"]);
  await expect(files.stream("nothing").next()).rejects.toMatchObject({ code: "not_found" });
  await expect(files.put("", Buffer.from("x"))).rejects.toMatchObject({ code: "invalid" });
});

test("a source that breaks stores nothing", async () => {
  const { files } = bb.backbone;
  const before = await messages();
  async function* broken() {
    yield randomBytes(2 * MiB);
    throw new Error("the cable was pulled");
  }
  await expect(files.put("broken", broken())).rejects.toThrow("the cable was pulled");
  expect(await files.get("broken")).toBe(undefined);
  expect(await messages()).toBe(before);
});

test("a damaged file is not handed out as whole", async () => {
  const { files, connection } = bb.backbone;
  await files.put("damaged", randomBytes(MiB));
  const objects = await new Objm(connection).open("VIBEWRITER_FILES");
  const nuid = (await objects.info("damaged"))?.nuid;
  const { jetstreamManager } = await import("@nats-io/jetstream");
  const jsm = await jetstreamManager(connection);
  await jsm.streams.purge("OBJ_VIBEWRITER_FILES", { filter: `$O.VIBEWRITER_FILES.C.${nuid}`, keep: 1 });
  await expect(files.get("damaged")).rejects.toMatchObject({ code: "corrupt" });
});

test("64 MiB stream through in flat memory, over a kill -9 in each direction", async () => {
  const { files } = bb.backbone;
  const block = randomBytes(MiB);
  const sha = createHash("sha256");
  async function* source() {
    for (let i = 0; i < 64; i++) {
      block.writeUInt32LE(i);
      sha.update(block);
      if (i === 20) bb.kill();
      yield block;
    }
  }
  const resident = process.memoryUsage().rss;
  const info = await files.put("large", source());
  expect(info).toMatchObject({ size: 64 * MiB, sha256: sha.digest("hex") });
  let [read, parts] = [0, 0];
  for await (const part of files.stream("large")) {
    read += part.length;
    if (++parts === 40) bb.kill();
  }
  expect(read).toBe(64 * MiB);
  expect((process.memoryUsage().rss - resident) / MiB).toBeLessThan(150);
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
