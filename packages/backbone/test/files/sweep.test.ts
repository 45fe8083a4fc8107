import { randomBytes } from "node:crypto";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { testBackbone } from "../support/backbone.js";

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
const bytes = (content: string) => Buffer.from(content);
const later = (ms: number) => new Date(Date.now() + ms);
const hour = 3_600_000;

test("old versions, and content that no version has for long enough", async () => {
  await using bb = await testBackbone();
  const { files } = bb.backbone;
  const contents = ["1", "2", "3", "4"].map((name) => `sweep ${name}`);
  for (const content of contents) await files.put("swept", bytes(content));
  await files.put("swept/other", bytes("sweep 1"));
  const [one, two] = await files.history("swept");
  expect(await files.sweep({ graceMs: hour, versions: 2 })).toMatchObject({ contents: 0 });
  expect((await files.history("swept")).length).toBe(2);
  expect(await files.sweep({ graceMs: hour, versions: 2 })).toMatchObject({ versions: 0, contents: 0 });
  expect(await files.sweep({ graceMs: hour, versions: 2, now: later(2 * hour) })).toMatchObject({ contents: 1 });
  expect(await files.get("swept", { version: two?.version })).toBe(undefined);
  expect(await files.get("swept", { version: one?.version })).toBe(undefined);
  expect(text(await files.get("swept/other"))).toBe("sweep 1"); // The same bytes under another key.
  expect(text(await files.get("swept"))).toBe("sweep 4");
});

test("content that is put again in the grace period is not", async () => {
  await using bb = await testBackbone();
  const { files } = bb.backbone;
  await files.put("revived", bytes("revived"));
  await files.put("revived", bytes("something else"));
  await files.sweep({ graceMs: hour, versions: 1 });
  await files.put("revived/again", bytes("revived"));
  expect(await files.sweep({ graceMs: hour, versions: 100, now: later(2 * hour) })).toMatchObject({ contents: 0 });
  expect(text(await files.get("revived/again"))).toBe("revived");
});

test("content of a file that was forgotten, of which nothing but its deletion stays", async () => {
  await using bb = await testBackbone();
  const { files } = bb.backbone;
  const { position } = await files.changes(0);
  const { version: first } = await files.put("forgotten", bytes("first"));
  const { version } = await files.put("forgotten", bytes("second"));
  expect(await files.forget("forgotten", { expected: first })).toBe(false); // Somebody has written it since.
  expect(text(await files.get("forgotten"))).toBe("second");
  expect(await files.forget("forgotten", { expected: version, writer: "age" })).toBe(true);
  expect(await files.forget("forgotten", { expected: version })).toBe(false);
  expect(await files.history("forgotten")).toMatchObject([{ kind: "deleted", writer: "age" }]);
  expect((await files.changes(position)).files).toMatchObject([{ key: "forgotten", kind: "deleted" }]);
  await files.sweep({ graceMs: hour, versions: 100 });
  expect(await files.sweep({ graceMs: hour, versions: 100, now: later(2 * hour) })).toMatchObject({ contents: 2 });
  expect((await files.put("forgotten", bytes("again"), { expected: 0 })).conflict).toBe(undefined);
});

test("what a put that was cut off left behind", async () => {
  await using bb = await testBackbone();
  const { files, connection } = bb.backbone;
  await jetstream(connection).publish("$O.VIBEWRITER_FILES.C.cutoff", randomBytes(1_000));
  expect(await files.sweep({ graceMs: hour, versions: 100 })).toMatchObject({ rests: 0 });
  expect(await files.sweep({ graceMs: hour, versions: 100, now: later(2 * hour) })).toMatchObject({ rests: 1 });
  const jsm = await jetstreamManager(connection);
  const { state } = await jsm.streams.info("OBJ_VIBEWRITER_FILES", {
    subjects_filter: "$O.VIBEWRITER_FILES.C.cutoff",
  });
  expect(state.subjects ?? {}).toEqual({});
});
