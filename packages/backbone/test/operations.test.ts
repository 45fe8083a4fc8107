import { randomBytes } from "node:crypto";
import { readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { z } from "zod";
import { Backbone } from "../src/backbone.js";
import { type TestBackbone, testBackbone } from "./support/backbone.js";
import { temporaryHome } from "./support/home.js";

const bytes = randomBytes(3 * 1024 * 1024);

const effectsOf = (backbone: Backbone) => backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new"]);

/** A backbone with something in every part of it. */
async function filled(): Promise<TestBackbone> {
  const test = await testBackbone();
  const { backbone } = test;
  await backbone.files.put("agent/notes.md", Buffer.from("first"));
  await backbone.files.put("agent/notes.md", Buffer.from("second"));
  await backbone.files.put("agent/large.bin", bytes);
  const records = await backbone.records("RECORDS", z.object({ n: z.number() }));
  await records.put("one", { n: 1 });
  await records.put("two", { n: 2 });
  await records.delete("two");
  for (let n = 0; n < 20; n++) await backbone.events.append("run-1", "step", { n }, { id: `e${n}` });
  await (await effectsOf(backbone)).publishEffect("key", { subject: "kb.publish.new", payload: { title: "Bees" } });
  await backbone.tasks.submit("pool.offline", "run-1", "1");
  return test;
}

describe("a backup", () => {
  test("restored elsewhere is the same, to the byte, the order and the revision", { timeout: 60_000 }, async () => {
    await using from = await filled();
    await using elsewhere = await temporaryHome();
    const folder = join(from.home, "backup");
    const seen: string[] = [];
    const manifest = await from.backbone.backUp(folder, { onProgress: ({ stream }) => seen.push(stream) });
    expect(seen).toEqual(manifest.streams.map(({ name }) => name));
    expect(seen.indexOf("KV_RECORDS")).toBeLessThan(seen.indexOf("OBJ_VIBEWRITER_FILES"));
    const records = await from.backbone.records("RECORDS", z.object({ n: z.number() }));
    const before = { record: await records.get("one"), files: await from.backbone.files.list() };

    await Backbone.restore({ home: elsewhere.path, folder });
    await using backbone = await Backbone.open({ home: elsewhere.path });
    expect(await (await backbone.records("RECORDS", z.object({ n: z.number() }))).get("one")).toEqual(before.record);
    expect(await backbone.files.list()).toEqual(before.files);
    expect(Buffer.compare((await backbone.files.get("agent/large.bin")) ?? Buffer.of(), bytes)).toBe(0);
    expect((await backbone.files.history("agent/notes.md")).length).toBe(2);
    const ids: string[] = [];
    for await (const { id } of backbone.events.read("run-1")) ids.push(id);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, n) => `e${n}`));
    const again = { subject: "kb.publish.new", payload: { title: "Bees again" } };
    expect((await (await effectsOf(backbone)).publishEffect("key", again)).first).toBe(false);
    expect((await backbone.verify()).problems).toEqual([]);
    expect(await backbone.tasks.take("pool.offline")).toMatchObject({ id: "run-1", submission: "1" });
  });

  test("of which a file is damaged or missing is refused before anything is made", { timeout: 60_000 }, async () => {
    await using from = await filled();
    const folder = join(from.home, "backup");
    await from.backbone.backUp(folder);
    await using elsewhere = await temporaryHome();
    await truncate(join(folder, "KV_RECORDS.tar.s2"), 100);
    const restoring = () => Backbone.restore({ home: elsewhere.path, folder });
    await expect(restoring()).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining("KV_RECORDS"),
    });
    await writeFile(join(folder, "backup.json"), "{");
    await expect(restoring()).rejects.toMatchObject({ code: "corrupt" });
    await expect(Backbone.restore({ home: elsewhere.path, folder: "/nowhere" })).rejects.toMatchObject({
      code: "not_found",
    });
    await using backbone = await Backbone.open({ home: elsewhere.path });
    expect(await backbone.files.list()).toEqual([]);
  });

  test("does not go over what is there: neither a folder nor a stream", { timeout: 60_000 }, async () => {
    await using from = await filled();
    const folder = join(from.home, "backup");
    await from.backbone.backUp(folder);
    await expect(from.backbone.backUp(folder)).rejects.toMatchObject({ code: "exists" });
    const { home } = from;
    await from.backbone.close();
    await expect(Backbone.restore({ home, folder })).rejects.toMatchObject({ code: "exists" });
  });

  test("that is given up leaves nothing", async () => {
    await using from = await filled();
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 2 && controller.abort(new Error("given up"));
    const backup = from.backbone.backUp(join(from.home, "backup"), { onProgress, signal: controller.signal });
    await expect(backup).rejects.toThrow("given up");
    expect((await readdir(from.home)).filter((name) => name.startsWith("backup"))).toEqual([]);
  });
});

describe("verify", () => {
  test("finds nothing wrong with what this package wrote, and counts it", async () => {
    await using test = await filled();
    const { read, files, problems } = await test.backbone.verify();
    expect(problems).toEqual([]);
    expect(files).toBe(3);
    expect(read).toMatchObject({ KV_RECORDS: 2, VIBEWRITER_EVENTS: 20, VIBEWRITER_EFFECTS: 1, VIBEWRITER_TASKS: 1 });
  });

  test("names what is damaged, twice or in the wrong place, and reads on", async () => {
    await using test = await filled();
    const { backbone } = test;
    const manager = await jetstreamManager(backbone.connection);
    const js = manager.jetstream();
    await js.publish("$KV.RECORDS.three", "{not json");
    await js.publish("vibewriter.events.run-1", JSON.stringify({ id: "e3", type: "step", data: null }));
    await js.publish("kb.publish.new.0123456789", JSON.stringify({ key: "another", payload: null }));
    const large = await backbone.files.stat("agent/large.bin");
    const { messages } = await manager.streams.getMessage("OBJ_VIBEWRITER_FILES", { seq: 1 }).then(async () => {
      const { state } = await manager.streams.info("OBJ_VIBEWRITER_FILES", {
        subjects_filter: "$O.VIBEWRITER_FILES.C.>",
      });
      const [subject = ""] = Object.entries(state.subjects ?? {}).find(([, count]) => count > 1) ?? [];
      const chunk = await manager.streams.getMessage("OBJ_VIBEWRITER_FILES", { last_by_subj: subject });
      await manager.streams.deleteMessage("OBJ_VIBEWRITER_FILES", chunk?.seq ?? 0);
      return { messages: state.messages };
    });
    expect(messages).toBeGreaterThan(0);
    const { problems } = await backbone.verify();
    expect(problems.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/\$KV\.RECORDS\.three cannot be read/),
      expect.stringContaining("agent/large.bin"),
      expect.stringContaining("does not lie on the subject of its key"),
      expect.stringContaining("the event e3 of vibewriter.events.run-1 is there twice"),
    ]);
    expect(large?.size).toBe(bytes.length);
  });
});
