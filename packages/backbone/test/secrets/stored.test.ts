import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Secrets } from "../../src/secrets/secrets.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

const CANARY = "canary-5b1f0e6a9d24";
const KEY = `ghp_${"0123456789ab".repeat(3)}`;
/** In a source, which stays as it is. */
const STRANGERS_KEY = `ghp_${"ba9876543210".repeat(3)}`;

let bb: TestBackbone;
const found: { name: string; where: string }[] = [];
beforeAll(async () => {
  const secrets = new Secrets({ onFound: (one) => found.push(one) });
  secrets.register("canary", CANARY);
  bb = await testBackbone({ secrets });
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

/** Every file below a folder that holds one of the texts. */
async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const hits: string[] = [];
  for (const file of all.filter((entry) => entry.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name));
    if (texts.some((text) => bytes.includes(text))) hits.push(file.name);
  }
  return hits;
}

test("records, events, effects, tasks, dead letters and files: no secret reaches the disk, and each place is told", async () => {
  const { backbone } = bb;
  const text = `use ${CANARY} and ${KEY}`;
  const clean = "use secret://canary and [redacted GitHub token]";

  const records = await backbone.records("SCREENED", z.object({ text: z.string() }));
  await records.put("one", { text });
  expect((await records.get("one"))?.value).toEqual({ text: clean });

  await backbone.events.append("run-1", "message", { text }, { id: "m1" });
  expect(await backbone.events.append("run-1", "message", { text }, { id: "m1" })).toBe(1);
  for await (const event of backbone.events.read("run-1")) expect(event.data).toEqual({ text: clean });

  const effects = await backbone.effects("SCREENED_EFFECTS", ["test.*"]);
  for (const payload of [{ text }, KEY, CANARY]) {
    const publishing = effects.publishEffect("k", { subject: "test.a", payload });
    await expect(publishing).rejects.toMatchObject({ code: "secret_found" });
  }
  expect(await effects.get("test.a", "k")).toBe(undefined);

  await backbone.tasks.submit("pool.offline", "run-1", CANARY);
  const at = new Date().toISOString();
  const died = { kind: "task", by: "pool_offline", stream: "VIBEWRITER_TASKS", seq: 1, subject: "s" } as const;
  await backbone.deadLetters.bury({ ...died, reason: `it said: ${text}`, tries: 1, firstAt: at, lastAt: at });
  expect((await backbone.deadLetters.list())[0]?.reason).toBe(`it said: ${clean}`);

  // A digest names a file, so nothing is replaced in one: it is refused. Other people's keys in a source are the source's.
  const large = Buffer.concat([Buffer.alloc(2 ** 19 - 5, "x"), Buffer.from(text), Buffer.alloc(2 ** 19, "y")]);
  for (const bytes of [Buffer.from(text), large]) {
    await expect(backbone.files.put("agent/notes", bytes)).rejects.toMatchObject({ code: "secret_found" });
  }
  expect(await backbone.files.stat("agent/notes")).toBe(undefined);
  await backbone.files.put("agent/notes", Buffer.from("nothing of the kind"));

  // Where keys are refused, so is one that stands across two pieces, and one whose bytes are there as a source's.
  const keyed = Buffer.from(`\n\nGITHUB_TOKEN=${STRANGERS_KEY}\n`);
  await backbone.files.put("agent/sources/about-keys", keyed);
  const sha256 = createHash("sha256").update(keyed).digest("hex");
  async function* pieces() {
    for (let at = 0; at < 8; at++) yield Buffer.alloc(2 ** 19, "x\n");
    for (const piece of [keyed.subarray(0, 20), keyed.subarray(20)]) yield piece;
  }
  async function* again() {
    yield keyed;
  }
  for (const [content, line, o] of [
    [keyed, 3, {}],
    [again(), 3, { sha256 }],
    [pieces(), 2 ** 21 + 3, {}],
  ] as const) {
    const error = await backbone.files.put("agent/artifacts/env", content, { ...o, refuseKeys: true }).catch((e) => e);
    const words = `"agent/artifacts/env" holds what can only be a key (GitHub token) on line ${line};`;
    expect(error).toMatchObject({ code: "secret_found", message: expect.stringContaining(words) });
    expect(error.message).not.toContain(STRANGERS_KEY);
  }
  expect(await backbone.files.stat("agent/artifacts/env")).toBe(undefined);

  const { password } = backbone.server?.credentials ?? { password: "" };
  await backbone.events.append("run-1", "message", { text: password });
  await backbone.close();
  const data = join(bb.home, "nats", "jetstream");
  expect(await filesWith(data, ["nothing of the kind"])).not.toEqual([]);
  expect(await filesWith(data, [CANARY, KEY, Buffer.from(CANARY).toString("base64"), password])).toEqual([]);
  expect(found.map(({ where }) => where)).toEqual(
    expect.arrayContaining(["$KV.SCREENED.one", "vibewriter.events.run-1", "vibewriter.tasks.pool.offline.run-1"]),
  );
  expect(JSON.stringify(found)).not.toContain(CANARY);
});
