import { createHash, randomBytes } from "node:crypto";
import { Objm } from "@nats-io/obj";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
const bytes = (content: string) => Buffer.from(content);

test("a file has a history, and every version of it can be read", async () => {
  const { files } = bb.backbone;
  const one = await files.put("history", bytes("one"), { writer: "run-1" });
  const two = await files.put("history", bytes("two"), { writer: "run-2", expected: one.version });
  await files.delete("history", { writer: "run-3" });
  const four = await files.put("history", bytes("four"), { expected: 0 });
  const history = await files.history("history");
  expect(history.map(({ kind, writer, size }) => ({ kind, writer, size }))).toEqual([
    { kind: "written", writer: "run-1", size: 3 },
    { kind: "written", writer: "run-2", size: 3 },
    { kind: "deleted", writer: "run-3", size: 0 },
    { kind: "written", writer: undefined, size: 4 },
  ]);
  expect(text(await files.get("history", { version: one.version }))).toBe("one");
  expect(text(await files.get("history", { version: two.version }))).toBe("two");
  expect(await files.get("history", { version: history[2]?.version ?? 0 })).toBe(undefined);
  expect(text(await files.get("history"))).toBe("four");
  expect(await files.stat("history", { version: one.version })).toEqual(history[0]);
  expect(await files.stat("history")).toEqual(four);
  const other = await files.put("another", bytes("x"));
  expect(await files.get("history", { version: other.version })).toBe(undefined);
  await expect(files.stream("history", { version: other.version }).next()).rejects.toMatchObject({ code: "not_found" });
});

test("of two writers of one version one wins; what the other wrote is kept beside it, with its name", async () => {
  const { files, connection } = bb.backbone;
  const { version } = await files.put("both", bytes("start"));
  const results = await Promise.all(
    ["a", "b", "c"].map((writer) => files.put("both", bytes(`by ${writer}`), { expected: version, writer })),
  );
  const [winner, ...more] = results.filter(({ conflict }) => conflict === undefined);
  const losers = results.filter(({ conflict }) => conflict !== undefined);
  expect(more).toEqual([]);
  for (const loser of losers) {
    expect(loser).toMatchObject({ version: winner?.version, writer: winner?.writer, sha256: winner?.sha256 });
    const kept = await files.get("both", { version: loser.conflict?.version });
    expect(text(kept)).toBe(`by ${loser.conflict?.writer}`);
  }
  expect(text(await files.get("both"))).toBe(`by ${winner?.writer}`);
  expect((await files.history("both")).map(({ kind }) => kind)).toEqual(["written", "written", "conflict", "conflict"]);
  // Other clients see the winner, and the version to go on from is the winner's.
  const objects = await new Objm(connection).open("VIBEWRITER_FILES");
  expect(text((await objects.getBlob("both")) ?? undefined)).toBe(`by ${winner?.writer}`);
  const next = await files.put("both", bytes("next"), { expected: winner?.version });
  expect(next.conflict).toBe(undefined);
});

test("a version is expected: none, a deleted one, the one that is there", async () => {
  const { files } = bb.backbone;
  expect((await files.put("expected", bytes("a"), { expected: 7 })).conflict).toBe(undefined); // Nothing to lose.
  const conflict = await files.put("expected", bytes("b"), { expected: 0 });
  expect(conflict.conflict).toMatchObject({ kind: "conflict", size: 1 });
  expect((await files.put("expected", bytes("a"), { expected: 0 })).conflict).toBe(undefined); // It is that already.
  await expect(files.delete("expected", { expected: 7 })).rejects.toMatchObject({ code: "conflict" });
  expect(await files.delete("expected", { expected: conflict.version })).toBe(true);
  expect((await files.put("expected", bytes("c"), { expected: 0 })).conflict).toBe(undefined);
});

test("changes tell what is new since a position, and nothing when nothing is", async () => {
  const { files } = bb.backbone;
  await files.put("changes/a", bytes("a"));
  const all = await files.changes(0);
  expect(all.files.find(({ key }) => key === "changes/a")).toMatchObject({ kind: "written", size: 1 });
  expect(await files.changes(all.position)).toEqual({ position: all.position, files: [] });
  await files.put("changes/b", bytes("b"));
  await files.put("changes/b", bytes("bb"));
  await files.delete("changes/a");
  const { files: changed, position } = await files.changes(all.position);
  expect(changed.map(({ key, kind, size }) => [key, kind, size])).toEqual([
    ["changes/b", "written", 2],
    ["changes/a", "deleted", 0],
  ]);
  expect(await files.changes(position)).toEqual({ position, files: [] });
});

test("files that an earlier release wrote are read, replaced, and kept as a version", async () => {
  const { files, connection } = bb.backbone;
  const old = randomBytes(1_100_000);
  await putAsBefore("agent/sources/old", old);
  const before = await files.stat("agent/sources/old");
  expect(before).toMatchObject({ kind: "written", size: old.length, sha256: sha256(old) });
  const isOld = async (version?: number) =>
    Buffer.compare((await files.get("agent/sources/old", { version })) ?? Buffer.alloc(0), old) === 0;
  expect(await isOld()).toBe(true);
  expect((await files.list("agent/sources/")).map(({ key }) => key)).toContain("agent/sources/old");
  const beside = await files.put("agent/sources/old", bytes("a conflict"), { expected: 1 });
  expect(beside).toMatchObject({ version: before?.version, conflict: { kind: "conflict" } });
  expect(await isOld()).toBe(true);
  await files.put("agent/sources/old", bytes("new"), { expected: before?.version });
  await files.sweep({ graceMs: 0, versions: 10 });
  await files.sweep({ graceMs: 0, versions: 10 });
  expect(await isOld(before?.version)).toBe(true);
  expect(text(await files.get("agent/sources/old"))).toBe("new");
  expect(text(await files.get("agent/sources/old", { version: beside.conflict?.version }))).toBe("a conflict");

  async function putAsBefore(key: string, content: Buffer): Promise<void> {
    const nuid = "0123456789abcdef0123456789abcdef";
    const url = (b: Buffer) => b.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    const { jetstream } = await import("@nats-io/jetstream");
    const js = jetstream(connection);
    const parts = [0, 1, 2].map((i) => content.subarray(i * 524_288, (i + 1) * 524_288));
    for (const part of parts) await js.publish(`$O.VIBEWRITER_FILES.C.${nuid}`, part);
    const digest = `SHA-256=${url(createHash("sha256").update(content).digest())}`;
    const meta = { name: key, nuid, size: content.length, chunks: 3, digest, mtime: new Date().toISOString() };
    await js.publish(
      `$O.VIBEWRITER_FILES.M.${url(Buffer.from(key))}`,
      JSON.stringify({
        ...meta,
        deleted: false,
        bucket: "VIBEWRITER_FILES",
        options: { max_chunk_size: 524_288 },
      }),
    );
  }
});

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
