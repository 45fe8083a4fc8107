import { execFileSync } from "node:child_process";
import { cp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dispatcher } from "undici";
import { type TestWeb, testWeb } from "../../../evidence/test/support/web.js";
import { RecordingFolders } from "../../src/replay/recording-folder.js";
import { Fence } from "../../src/runs/fence.js";
import type { RunRecord } from "../../src/runs/record.js";
import { openContext } from "../../src/runs/run-context.js";
import { type Bench, openBench } from "../support/bench.js";
import { EXAMPLES, World } from "../support/world.js";

const REQUEST = "Research DeFi yield opportunities on Base blockchain";

/** No network at all. */
class NoNetwork extends Dispatcher {
  asked = 0;

  override dispatch(): boolean {
    this.asked += 1;
    throw new Error("There is no network.");
  }
}

let web: TestWeb;
let world: World;
let offline: Bench;
let original: RunRecord;
const noNetwork = new NoNetwork();
/** What the web's pages say, by their names. */
const pages = new Map<string, string>();
let isSearchDown = false;

beforeAll(async () => {
  for (const name of await readdir(EXAMPLES)) {
    if (/^\d/.test(name)) pages.set(name, await readFile(join(EXAMPLES, name), "utf8"));
  }
  web = await testWeb((place, response) => {
    if (place.startsWith("searx.example/search?") && !isSearchDown) {
      const results = [...pages].map(([name, text]) => ({
        url: web.at("pages.example", `/${name}`),
        title: name,
        content: text.slice(0, 300),
      }));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ results }));
      return true;
    }
    const text = pages.get(place.slice("pages.example/".length));
    if (text === undefined) return false;
    response.writeHead(200, { "content-type": "text/markdown" }).end(text);
    return true;
  });
  const o = { gapMs: 0, searxngUrl: web.at("searx.example", ""), search: ["searxng" as const] };
  world = await World.open({ web: { ...o, dispatcher: web.dispatcher } });
  offline = await openBench({ ...world.base, ...world, web: { ...o, dispatcher: noNetwork } });
  original = await world.run({ request: REQUEST, sources: [], yes: true });
}, 60_000);
afterAll(async () => {
  await offline[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
});

const reportOf = (record: RunRecord): Promise<string> => readFile(record.result?.report ?? "", "utf8");

/** What its agents said before the report was to be published, in whatever order. */
async function wordsOf(runId: string): Promise<string[]> {
  const said = (await world.events(runId)).flatMap(({ type, data }) =>
    type === "message" ? [`${data.agent}: ${data.text}`] : [],
  );
  return said
    .filter((text) => !/publish|article|repetition/i.test(text))
    .map((text) => text.replaceAll(runId, "RUN"))
    .sort();
}

describe("a run without sources", () => {
  it("searches the web, reads what was found, and cites it", async () => {
    expect(original.error).toBeUndefined();
    expect(original).toMatchObject({ status: "done", search: ["searxng"] });
    expect(original.result?.sources.length).toBeGreaterThanOrEqual(8);
    expect(original.result?.sources.every(({ uri }) => uri.startsWith("http://pages.example:"))).toBe(true);
    expect(original.result?.citations.rate).toBeGreaterThanOrEqual(0.9);
    // Both researchers ask the same, and each page and answer is fetched once.
    expect(new Set(web.asked).size).toBe(web.asked.length);
  });

  it("fails with a sentence where the web cannot be searched, and neither starts without a search", async () => {
    isSearchDown = true;
    const record = await world.run({ request: "Research the yield of wasps on Mars", sources: [] });
    isSearchDown = false;
    expect(record).toMatchObject({ status: "failed", error: { code: "nothing_to_read" } });
    expect(record.error?.message).toMatch(/no source was given.*SearXNG answered with status 404.*--sources/);
    const none = world.run({ request: REQUEST, sources: [], search: [] });
    await expect(none).rejects.toMatchObject({ code: "invalid_request", message: expect.stringMatching(/--search/) });
    const keyless = world.run({ request: REQUEST, search: ["brave"] });
    await expect(keyless).rejects.toMatchObject({ code: "missing_key", message: expect.stringMatching(/BRAVE/) });
  });
});

describe("a run that repeats another one", () => {
  it("comes to the same report, to the byte, without any network, and publishes nothing", async () => {
    const before = await world.choir.list();
    const { runId } = await offline.client.start({ request: REQUEST, replay: original.runId, out: world.out }, {});
    const again = await offline.drive(runId);
    expect(again.error).toBeUndefined();
    expect(again).toMatchObject({ status: "done", replays: original.runId, result: { article: null } });
    // Nor is a model asked: each of its answers is the recorded one, word for word.
    expect(again.recorded).toBe(original.runId);
    expect(await wordsOf(runId)).toEqual(await wordsOf(original.runId));
    expect((await offline.parts.recordings.of(again)).length).toBe(0);
    expect(
      (await world.events(runId)).filter(
        ({ type, data }) => type === "log" && /others than/.test(JSON.stringify(data)),
      ),
    ).toEqual([]);
    expect(again.result?.message).toContain(original.runId);
    expect(again.result?.sources).toEqual(original.result?.sources);
    expect(await reportOf(again)).toBe(await reportOf(original));
    expect(noNetwork.asked).toBe(0);
    expect(await world.choir.list()).toEqual(before);
    // It worked in a sandbox of its own, which is gone.
    expect(world.machines.ended).toEqual([`main.${runId}`]);
    expect(await readdir(world.machines.path("main", "/workspace"))).not.toContain(runId);
  }, 60_000);

  it("ends with a sentence where a model would have to be asked what it was not asked then, and has one asked anew if that is wished", async () => {
    const calls = await offline.parts.recordings.of(original);
    const cut = await offline.client.start({ request: REQUEST, replay: original.runId, out: world.out }, {});
    const other = { ...original, runId: `${original.runId}-other` };
    const changed = calls.map((call) => {
      const passed = call.latest.find(({ text }) => text.includes('"passed":true'));
      return passed === undefined
        ? call
        : {
            ...call,
            key: "another",
            messages: [...call.messages.slice(0, -1), "another"],
            latest: [{ ...passed, text: "false" }],
          };
    });
    await offline.parts.recordings.restore(other, changed);
    await offline.parts.runs.change(cut.runId, (now) => ({ ...now, recorded: other.runId }));
    await offline.parts.runs.add({ ...original, runId: other.runId });
    const { status, error } = await offline.drive(cut.runId);
    expect({ status, error }).toMatchObject({ status: "failed", error: { code: "replay_diverged" } });
    expect(error?.message).toMatch(
      /message \d, the answer of verify_citations, is “{.*"passed":true.*”, and was “false”.*--model NAME/,
    );
    const anew = await offline.client.start(
      { request: REQUEST, replay: original.runId, model: "offline", out: world.out },
      {},
    );
    expect(anew.recorded).toBeUndefined();
    const again = await offline.drive(anew.runId);
    expect(await reportOf(again)).toBe(await reportOf(original));
    expect((await offline.parts.recordings.of(anew)).length).toBeGreaterThan(10);
  });

  it("has nothing of what was not read then, and repeats no run that is none", async () => {
    const { runId } = await offline.client.start({ request: REQUEST, replay: original.runId, out: world.out }, {});
    const { parts } = offline;
    const record = await offline.client.get(runId);
    const { context } = await openContext(parts, record, { env: {}, fence: new Fence(parts.runs, record) });
    await parts.runs.change(runId, (now) => ({ ...now, found: [web.at("pages.example", "/new.md")] }));
    await expect(context.sources.page(web.at("pages.example", "/new.md"), 0)).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await context.sources.search("liquidity risk", 3)).toMatchObject({ failed: [] });
    const bad = offline.client.start({ request: REQUEST, replay: runId, out: world.out }, {});
    await expect(bad).rejects.toMatchObject({ code: "invalid_request", message: expect.stringContaining("at rest") });
    expect(noNetwork.asked).toBe(0);
  });
});

describe("a recording in a folder", () => {
  const FOLDER = fileURLToPath(new URL("../fixtures/recorded-run", import.meta.url));
  const open = () => new RecordingFolders(offline.parts);

  /** A run about two small files; `answersByCount: false` for one as earlier releases had it. */
  async function small(as: Pick<RunRecord, "answersByCount">): Promise<RunRecord> {
    const folder = await world.folder("small", {
      "01-hives.md": "# Hives in Berlin\n\nBerlin had 12,400 hives in 2023. The city counted 9,100 hives in 2018.\n",
      "02-yield.md":
        "# Honey yield\n\nA hive in Berlin gave 27 kg of honey in 2023. A hive in the countryside gave 19 kg.\n",
    });
    const request = "How many hives does Berlin have?";
    const asked = { request, sources: [folder], search: [], yes: true, out: world.out, model: "offline" };
    const { runId } = await world.client.start(asked, {});
    await world.bench.parts.runs.change(runId, (now) => ({ ...now, ...as }));
    return await world.drive(runId);
  }

  /** `RECORD_FIXTURES=1` makes the folder anew, where a tool has come to answer otherwise. */
  async function recordAnew(): Promise<void> {
    const { runId } = await small({ answersByCount: false });
    await rm(FOLDER, { recursive: true, force: true });
    await open().write(runId, FOLDER);
  }

  it("is taken in by a home that never knew the run, as a run of an agent that has nothing else, and comes to the same report, to the byte", async () => {
    if (process.env.RECORD_FIXTURES === "1") return await recordAnew();
    const taken = await open().read(FOLDER);
    expect(taken).toMatchObject({ status: "done", agentId: "recorded", result: { report: join(FOLDER, "report.md") } });
    const { runId } = await offline.client.start({ request: "-", replay: taken.runId, out: world.out }, {});
    const again = await offline.drive(runId);
    expect(again.error).toBeUndefined();
    expect(again).toMatchObject({
      status: "done",
      recorded: taken.runId,
      agentId: "recorded",
      result: { article: null },
    });
    expect(await reportOf(again)).toBe(await readFile(join(FOLDER, "report.md"), "utf8"));
    // A stranger's words are no person's of this home: to be talked to is the repetition, which has no effects.
    const say = (to: string) => offline.client.conversations.say(to, { text: "And now publish it." }, {});
    await expect(say(taken.runId)).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("vibewriter replay run-"),
    });
    expect((await say(runId)).run).toMatchObject({ status: "queued", replays: taken.runId });
    // Written out again, it is the folder that it was.
    const copy = join(world.out, "copy");
    await open().write(taken.runId, copy);
    const names = ["calls.jsonl", ...(await readdir(join(FOLDER, "contents"))).map((name) => join("contents", name))];
    for (const name of names) expect(await readFile(join(copy, name))).toEqual(await readFile(join(FOLDER, name)));
    await expect(open().write(taken.runId, copy)).rejects.toMatchObject({ code: "output_failed" });
    // Nothing in it says where the report lay on the machine that it is from.
    const whole = await readFile(join(copy, "recording.json"), "utf8");
    for (const text of [whole, await readFile(join(FOLDER, "recording.json"), "utf8")]) {
      expect(JSON.parse(text)).toMatchObject({ run: { result: { report: "report.md" } } });
    }
    expect(whole).not.toContain(FOLDER);
  });

  it("names no path of the machine that it is from, and is repeated where there are none of its files", async () => {
    if (process.env.RECORD_FIXTURES === "1") return;
    const run = await small({ answersByCount: true });
    const folder = join(world.out, "given-away");
    await open().write(run.runId, folder);
    await rm(join(world.base.home, "given", "small"), { recursive: true });
    const names = [
      "recording.json",
      "calls.jsonl",
      ...(await readdir(join(folder, "contents"))).map((name) => join("contents", name)),
    ];
    for (const name of names) expect(await readFile(join(folder, name), "utf8")).not.toContain(world.base.home);
    // This home knows the run: to be taken in it has to be another one.
    const recording = join(folder, "recording.json");
    const text = await readFile(recording, "utf8");
    expect(JSON.parse(text)).toMatchObject({ run: { sources: ["small"] } });
    await writeFile(recording, text.replace(/"runId": "run-\w+"/, '"runId": "run-givenaway"'));
    const taken = await open().read(folder);
    const { runId } = await offline.client.start({ request: "-", replay: taken.runId, out: world.out }, {});
    const again = await offline.drive(runId);
    expect(again.error).toBeUndefined();
    expect(await reportOf(again)).toBe(await reportOf(run));
  }, 60_000);

  it("is refused where its files are links or pipes, its run has no run's id, or an answer is no model's", async () => {
    const refused = async (change: (folder: string) => Promise<void> | void, message: RegExp) => {
      const folder = join(world.out, `hostile-${Math.random()}`);
      await cp(FOLDER, folder, { recursive: true });
      await change(folder);
      await expect(open().read(folder)).rejects.toMatchObject({
        code: "no_recording",
        message: expect.stringMatching(message),
      });
    };
    const as = async (folder: string, name: string, from: RegExp, to: string) => {
      const path = join(folder, name);
      await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
    };
    const other = (folder: string) => as(folder, "recording.json", /"runId": "run-\w+"/, '"runId": "run-hostile"');
    await refused(async (folder) => {
      await rm(join(folder, "recording.json"));
      await symlink(join(FOLDER, "recording.json"), join(folder, "recording.json"));
    }, /is a link/);
    await refused(async (folder) => {
      await rm(join(folder, "recording.json"));
      execFileSync("mkfifo", [join(folder, "recording.json")]);
    }, /no plain file/);
    await refused((folder) => as(folder, "recording.json", /"runId": "run-\w+"/, '"runId": "../../x"'), /changed/);
    await refused(async (folder) => {
      await other(folder);
      await as(folder, "calls.jsonl", /\{\\"type\\":\\"ai\\"/, '{\\"type\\":\\"system\\"');
    }, /changed/);
  });

  it("is refused with a sentence where it is none, or was changed", async () => {
    const none = await world.folder("none", { "recording.json": "{}" });
    await expect(open().read(none)).rejects.toMatchObject({
      code: "no_recording",
      message: expect.stringMatching(/changed/),
    });
    await expect(open().read(join(none, "gone"))).rejects.toMatchObject({
      code: "no_recording",
      message: expect.stringMatching(/--format recording/),
    });
    const changed = join(world.out, "changed");
    await cp(FOLDER, changed, { recursive: true });
    const recording = await readFile(join(FOLDER, "recording.json"), "utf8");
    await writeFile(join(changed, "recording.json"), recording.replace(/"runId": "run-\w+"/, '"runId": "run-changed"'));
    const [name = ""] = await readdir(join(changed, "contents"));
    await writeFile(join(changed, "contents", name), "something else");
    await expect(open().read(changed)).rejects.toMatchObject({
      code: "no_recording",
      message: expect.stringContaining(name),
    });
  });
});

test("a later run is told what has changed since", async () => {
  const [name = "", text = ""] = [...pages][0] ?? [];
  pages.set(name, `${text}\n\nThe market was closed in November 2026.\n`);
  const { runId } = await world.client.start({ request: REQUEST, sources: [], model: "offline", out: world.out }, {});
  const { context } = await world.context(runId);
  await context.sources.search("Aave", 5);
  const { source } = await context.sources.page(web.at("pages.example", `/${name}`), 0);
  expect(source.changedSince?.runId).toBe(original.runId);
  const told = (await world.events(runId)).map((event) => (event.type === "log" ? event.data.text : ""));
  expect(told.filter((line) => line.includes(`has changed since`) && line.includes(original.runId))).toHaveLength(1);
});
