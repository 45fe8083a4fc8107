import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openRuns } from "@vibewriter/agent";
import { RunRecord } from "@vibewriter/agent/runs";
import {
  Backbone,
  readStateVersion,
  requireStateVersion,
  STATE_VERSION,
  writeStateVersion,
} from "@vibewriter/backbone";
import { Choir, KeyPair } from "@vibewriter/choir";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { z } from "zod";
import { LocalMachines } from "../../../../packages/agent/test/support/machines.js";
import { Backups } from "../../src/migrations/backups.js";
import { HomeState } from "../../src/migrations/home-state.js";
import { readStateFile } from "../../src/migrations/state-file.js";
import { useNatsServer } from "../support/nats-server.js";
import { OLD, writeOldHome } from "../support/old-home.js";
import { tempHome } from "../support/temp-home.js";

/** Runs what was compiled, as a server does. */
const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const log = { write: () => undefined };
const tell = () => undefined;

beforeAll(async () => {
  await useNatsServer();
});

/** Opens a home as its owner does. */
async function openHome(home: string): Promise<Backbone> {
  const state = await HomeState.open({ home, isEmbedded: true, log, tell });
  const backbone = await Backbone.open({ home });
  try {
    await state.settle(backbone);
    return backbone;
  } catch (error) {
    await backbone.close();
    throw error;
  }
}

async function expectWhole(home: string, backbone: Backbone): Promise<void> {
  expect(await readStateVersion(backbone)).toBe(STATE_VERSION);
  expect((await readStateFile(join(home, "state.json")))?.version).toBe(STATE_VERSION);
  const runs = new Map(
    (await (await backbone.records("VIBEWRITER_RUNS", RunRecord)).list()).map((r) => [r.key, r.value]),
  );
  const done = runs.get(OLD.run);
  expect(done).toMatchObject({ status: "done", class: "offline", epoch: 0, result: { status: "done" } });
  expect(done?.turns).toEqual([{ id: "1", text: done?.request, at: done?.createdAt }]);
  expect(runs.get(OLD.lost)?.status).toBe("interrupted");
  const events = await all(backbone.events.read(OLD.run));
  expect(events.length).toBe(OLD.events);
  const told = await all(backbone.events.read(OLD.lost));
  expect(told.map(({ type, data }) => [type, data])).toEqual([["status", { status: "interrupted" }]]);
  // Nothing of release 0.1.0 is left that this one would not write.
  const raw = await (await backbone.records("VIBEWRITER_RUNS", z.looseObject({}))).list();
  for (const { value } of raw) expect(value).not.toHaveProperty("owner");
}

describe("a home of release 0.1.0", () => {
  it("is migrated with everything readable: runs, their events, checkpoints, files and articles", async () => {
    await using home = await tempHome();
    await writeOldHome(home.path);
    await using backbone = await openHome(home.path);
    await expectWhole(home.path, backbone);

    const saver = NatsSaver.fromConnection(backbone.connection, { agent: "main" });
    const thread = await saver.getTuple({ configurable: { thread_id: OLD.run } });
    const { messages } = z.looseObject({ messages: z.array(z.unknown()) }).parse(thread?.checkpoint.channel_values);
    expect(messages.length).toBeGreaterThan(10);
    const older = await all(saver.list({ configurable: { thread_id: OLD.run, checkpoint_ns: "" } }));
    expect(older.length).toBeGreaterThan(20);

    await using choir = await Choir.open({ backbone, path: join(home.path, "choir.sqlite") });
    const article = await choir.get(OLD.article);
    expect(article?.title).toBe("Bees in cities: hives of Lyon");
    // Unsigned, nobody's to change; and what is unsigned counts no more.
    expect(article.authorKey).toBeUndefined();
    const ada = KeyPair.generate();
    const revising = choir.revise({ article: OLD.article, markdown: "# Mine" }, ada);
    await expect(revising).rejects.toMatchObject({ code: "not_author" });
    const effects = await backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new", "citation.new.*"]);
    const old = await effects.get("kb.publish.new", `publish:${OLD.run}`);
    await effects.publishEffect("again", { subject: "kb.publish.new", payload: old?.payload });
    await choir.publish({ markdown: "# Signed", author: "Ada", key: "k" }, ada);
    expect((await choir.list()).map(({ title }) => title)).toEqual(["Signed", article.title]);

    const files = await backbone.files.list("main/");
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const { key } of files) expect((await backbone.files.get(key))?.byteLength).toBeGreaterThan(0);

    expect((await new Backups(home.path).list()).map(({ name }) => name.split("-")[1])).toEqual(["1"]);
  }, 120_000);

  it("killed at any step of the migration, goes on with it, and keeps the one backup of what was there before", async () => {
    await using first = await tempHome();
    await writeOldHome(first.path);
    const steps = Number((await migrateIn(first.path)).output);
    expect(steps).toBeGreaterThanOrEqual(12);
    // Each killed a step later than the one before, whose work it finds.
    await using home = await tempHome();
    await writeOldHome(home.path);
    const before = await contentsOf(join(home.path, "nats", "jetstream"));
    let kills = 0;
    while ((await migrateIn(home.path, kills + 1)).signal === "SIGKILL") kills += 1;
    expect(kills).toBeGreaterThanOrEqual(5);
    await using backbone = await openHome(home.path);
    await expectWhole(home.path, backbone);
    const backups = await new Backups(home.path).list();
    expect(backups.length).toBe(1);
    expect(await contentsOf(join(backups[0]?.path ?? "", "jetstream"))).toEqual(before);
  }, 240_000);

  it("can be put back from its backup", async () => {
    await using home = await tempHome();
    await writeOldHome(home.path);
    await (await openHome(home.path)).close();
    const [backup] = await new Backups(home.path).list();
    await using other = await tempHome();
    await cp(join(backup?.path ?? "", "jetstream"), join(other.path, "nats", "jetstream"), { recursive: true });
    await using backbone = await openHome(other.path);
    await expectWhole(other.path, backbone);
  }, 120_000);
});

describe("a home of this version", () => {
  it("is new without a backup, and is left alone at the next start", async () => {
    await using home = await tempHome();
    await (await openHome(home.path)).close();
    const written = await readFile(join(home.path, "state.json"), "utf8");
    await (await openHome(home.path)).close();
    expect(await readFile(join(home.path, "state.json"), "utf8")).toBe(written);
    expect(await new Backups(home.path).list()).toEqual([]);
  }, 60_000);

  it("keeps the last two backups, until `gc` takes those that are a month old", async () => {
    await using home = await tempHome();
    await (await openHome(home.path)).close();
    const backups = new Backups(home.path);
    for (const version of [1, 2, 3]) {
      await backups.make(version);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    await backups.prune();
    const kept = await backups.list();
    expect(kept.map(({ name }) => name.split("-")[1])).toEqual(["3", "2"]);
    expect(await backups.removeOld({ dryRun: false })).toEqual([]);
    const long = new Date(Date.now() - 31 * 86_400_000);
    await utimes(kept[1]?.path ?? "", long, long);
    expect((await backups.removeOld({ dryRun: true })).map(({ name }) => name)).toEqual([kept[1]?.name]);
    await backups.removeOld({ dryRun: false });
    expect((await backups.list()).map(({ name }) => name)).toEqual([kept[0]?.name]);
  }, 60_000);
});

describe("another version", () => {
  it("of the home, newer than the program, is refused with a sentence, and nothing is touched", async () => {
    await using home = await tempHome();
    await (await openHome(home.path)).close();
    const path = join(home.path, "state.json");
    const newer = JSON.stringify({ version: 99, program: "9.9.9", at: new Date().toISOString() });
    await writeFile(path, newer);
    const opening = HomeState.open({ home: home.path, isEmbedded: true, log, tell });
    await expect(opening).rejects.toMatchObject({
      code: "other_version",
      message: expect.stringMatching(/newer Vibewriter.*99.*update this one/),
    });
    expect(await readFile(path, "utf8")).toBe(newer);
  }, 60_000);

  it("of the state on NATS is refused in both directions: by a newer worker and by an older one", async () => {
    await using home = await tempHome();
    await using backbone = await openHome(home.path);
    await requireStateVersion(backbone);
    const settle = async () => {
      await using outside = await tempHome();
      const state = await HomeState.open({ home: outside.path, isEmbedded: false, log, tell });
      await state.settle(backbone);
    };
    const workers = await backbone.records("VIBEWRITER_WORKERS", z.looseObject({}));
    const presence = (stateVersion: number, silentMs = 0) => ({
      ...{ id: "w1", machine: "east", version: "0.0.9", stateVersion },
      at: new Date(Date.now() - silentMs).toISOString(),
    });
    // A newer program meets an older worker at work, and an older program a newer one.
    for (const version of [STATE_VERSION - 1, STATE_VERSION + 1]) {
      await workers.put("w1", presence(version));
      await expect(settle()).rejects.toMatchObject({
        code: "other_version",
        message: expect.stringMatching(
          new RegExp(`w1 on east is Vibewriter 0.0.9, state version ${version}, .* stop it`),
        ),
      });
    }
    await workers.put("w1", presence(STATE_VERSION));
    await settle();
    await workers.put("w1", presence(STATE_VERSION - 1, 60_000));
    await settle();
    // Somebody has migrated on: this program is the older one.
    await writeStateVersion(backbone, STATE_VERSION + 1, "9.9.9");
    await expect(settle()).rejects.toMatchObject({ code: "other_version" });
    await expect(requireStateVersion(backbone)).rejects.toThrow(/newer Vibewriter/);
    await using choir = await Choir.open({ backbone, path: join(home.path, "choir.sqlite") });
    const machines = new LocalMachines(join(home.path, "machines"));
    const starting = openRuns({ home: home.path, backbone, choir, machines, capacity: 1, version: "0.1.0" });
    await expect(starting).rejects.toMatchObject({ code: "other_version" });
  }, 60_000);
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The names and bytes of what lies in a folder. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.slice(folder.length)] = (await readFile(path)).toString("base64");
  }
  return found;
}

async function migrateIn(home: string, step = 0) {
  const child = spawn(process.execPath, [CHILD, home, String(step)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [, signal] = await once(child, "close");
  clearTimeout(timer);
  return { signal, output };
}
