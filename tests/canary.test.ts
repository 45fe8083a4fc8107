import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { AgentBridge, AgentVMs, openRuns, openTrail, type RunRecord } from "@vibewriter/agent";
import type { AuditTrail } from "@vibewriter/backbone";
import { Choir } from "@vibewriter/choir";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { MicroVMs } from "@vibewriter/microvm";
import { z } from "zod";
import { openGateway } from "../apps/server/src/egress.js";
import { Log } from "../apps/server/src/log.js";
import { SecretStore } from "../apps/server/src/secrets/secret-store.js";
import { type TestBackbone, testBackbone } from "../packages/agent/test/support/backbone.js";
import * as canary from "./support/canary-script.js";
import { ROOT } from "./support/cli.js";
import { type ScriptedCall, ScriptedModel } from "./support/scripted-model.js";
import { changesBetween, filesHolding, filesWith, type Tree, treeOf } from "./support/tree.js";

const { call, SUBAGENTS } = canary;
const AGENTS = ["main", ...SUBAGENTS];
const FILE_TOOLS = ["ls", "read_file", "write_file", "edit_file", "glob", "grep", "delete", "execute"];

const Setup = z.object({
  image: z.object({
    kernel: z.string(),
    vmlinux: z.string(),
    initrd: z.string(),
    base: z.string(),
    digest: z.string(),
  }),
  layer: z.object({ path: z.string() }),
});

/** Keys and credentials of the host, one of each kind that it has, as a run may need them. */
const planted = {
  model: `canary-model-${hex()}`,
  search: `canary-search-${hex()}`,
  upstream: `canary-upstream-${hex()}`,
  unused: `canary-unused-${hex()}`,
  passphrase: `canary-passphrase-${hex()}`,
};
const secrets = { file: `canary-of-the-host-${hex()}`, environment: `canary-of-the-host-${hex()}` };
const note = "The canary sang at 7.25 in the morning of 3 May 2026.";

/** A folder of the host with everything that the run is told of; nothing but `out` is for it to change. */
let area: string;
let cage: canary.Cage;
let base: TestBackbone;
let vms: MicroVMs;
let trail: AuditTrail;
const started = Date.now();
let model: ScriptedModel;
let record: RunRecord;
let before: Tree;
let after: Tree;
let events: string;
let checkpoints: string;
/** What was told of the run to whoever collects figures. */
const told: unknown[] = [];
const closing: AsyncDisposable[] = [];

beforeAll(async () => {
  area = await mkdtemp(join(tmpdir(), "vw-cage-"));
  cage = {
    folder: join(area, "host"),
    secret: join(area, "host", "secret.txt"),
    out: join(area, "out"),
    root: ROOT.replace(/\/$/, ""),
    page: join(ROOT, "docs", "architecture.md"),
    user: homedir(),
    mark: `vw-canary-${hex()}`,
    hostWord: "canary-of-the-host-",
  };
  for (const name of ["host", "out", "sources"]) await mkdir(join(area, name));
  for (const path of [cage.secret, ...AGENTS.map((who) => canary.doomed(who, cage))]) {
    await writeFile(path, `${secrets.file}\n`);
  }
  await writeFile(join(area, "sources", "note.md"), `# Of canaries\n\n${note}\n`);
  process.env.VIBEWRITER_CANARY = secrets.environment;
  model = keep(await ScriptedModel.open((first, turn) => script(first)[turn] ?? []));
  before = await treeOf(area);
  record = await research();
  after = await treeOf(area);
  [events, checkpoints] = await Promise.all([eventsOf(record), checkpointsOf(record)]);
}, 300_000);

afterAll(async () => {
  delete process.env.VIBEWRITER_CANARY;
  for (const resource of closing.reverse()) await resource[Symbol.asyncDispose]();
  await rm(area, { recursive: true, force: true });
});

test("every agent used every tool for files and commands", async () => {
  const used = new Map<string, Set<string>>();
  for await (const { type, data } of base.backbone.events.read(record.runId)) {
    const event = z.object({ tool: z.string(), agent: z.string() }).safeParse(data);
    if (type !== "tool.finished" || !event.success) continue;
    const { agent, tool } = event.data;
    used.set(agent, (used.get(agent) ?? new Set()).add(tool));
  }
  for (const agent of ["vibewriter", ...SUBAGENTS])
    expect([...(used.get(agent) ?? [])]).toEqual(expect.arrayContaining(FILE_TOOLS));
  for (const who of AGENTS) {
    const calls = script(nameOf(who)).flatMap((turn, n) => turn.map((_, position) => `${who}.${n}.${position}`));
    expect(model.answers.map(({ id }) => id)).toEqual(expect.arrayContaining(calls));
  }
});

test("what the host has reaches no tool result, no model, no event, no checkpoint and no file that is kept", async () => {
  const held = Object.values(secrets);
  const page = (await readFile(cage.page, "utf8")).split("\n").filter((line) => line.length > 60);
  expect(page.length).toBeGreaterThan(3);
  const told = [...model.heard, events, checkpoints].join("\n");
  for (const word of [...held, ...page.map((line) => JSON.stringify(line).slice(1, -1))])
    expect(told).not.toContain(word);
  const isSkipped = (path: string) => path === join(base.home, "cache") || path.endsWith("/disk.img");
  expect(await filesWith(base.home, held, isSkipped)).toEqual([]);
  expect(await filesWith(cage.out, held, () => false)).toEqual([]);
  // The same search finds what the agents wrote: it is not blind.
  for (const who of AGENTS) {
    const words = canary.vmCanary(who, cage);
    expect(model.heard.join("\n")).toContain(words);
    expect(checkpoints).toContain(words);
  }
});

test("no key, credential or passphrase of the host is in a store, a log, a disk of a VM, a template, a report or a figure", async () => {
  const { home } = base;
  const pem = async (name: string) =>
    (await readFile(join(home, "keys", name), "utf8")).replaceAll(/-----[^-]+-----|\s/g, "");
  const keyOf = async (...path: string[]) =>
    z.object({ key: z.string() }).parse(JSON.parse(await readFile(join(home, ...path), "utf8"))).key;
  const keys = [
    ...(await Promise.all(["approvals.pem", "reports.pem", "audit.pem"].map(pem))),
    await keyOf("audit", "keys", "main.json"),
  ];
  // The tail of a PEM is the key itself; what is in front says what kind it is, and is the same for all.
  const texts = [...Object.values(planted), ...keys.map((key) => key.slice(-40))];
  const words = texts.flatMap((text) => [text, Buffer.from(text).toString("hex"), encodeURIComponent(text)]);
  const places = [home, cage.out, ...(await templatesSince(started))];
  expect(await filesHolding(words, places)).toEqual(
    ["audit/keys/main.json", "keys/approvals.pem", "keys/audit.pem", "keys/reports.pem"].map((path) =>
      join(home, path),
    ),
  );
  expect(JSON.stringify(told)).toContain("openai:scripted");
  for (const text of [...model.heard, events, checkpoints, JSON.stringify(told)])
    for (const word of words) expect(text).not.toContain(word);
  const audited: unknown[] = [];
  for await (const { entries } of trail.read()) audited.push(...entries);
  expect(audited.length).toBeGreaterThan(20);
  for (const word of words) expect(JSON.stringify(audited)).not.toContain(word);
  // It was used: the service got the key that its name stands for.
  expect(model.authorizations).toEqual(new Set([`Bearer ${planted.model}`]));
}, 120_000);

test("the name of the machine is the VM's", async () => {
  const host = (await readFile("/etc/hostname", "utf8").catch(() => "")).trim();
  for (const who of AGENTS) {
    const answer = answerTo(who, ({ tool, args }) => tool === "read_file" && args.file_path === "/etc/hostname");
    expect(answer).toContain("vibewriter");
    if (host.length > 2 && host !== "vibewriter") expect(answer).not.toContain(host);
  }
});

test("nothing that an agent wrote or removed is on the host, but for the declared output folder", async () => {
  expect(await readFile(cage.secret, "utf8")).toBe(`${secrets.file}\n`);
  const folder = relative(area, record.folder);
  const changes = changesBetween(before, after);
  expect(changes.filter((path) => path !== "out" && path !== folder && !path.startsWith(`${folder}/`))).toEqual([]);
  expect(changes).toContain(`${folder}/draft.md`);
  expect(await readFile(join(record.folder, "draft.md"), "utf8")).toContain(canary.vmCanary("main", cage));
  for (const who of AGENTS) {
    for (const path of canary.writtenPaths(who, cage)) {
      for (const end of ["", "-command", "-up"]) expect(existsSync(`${path}${end}`), path).toBe(false);
    }
  }
  for (const place of ["/", "/tmp", "/etc", "/workspace", cage.user, cage.root, process.cwd(), tmpdir()]) {
    const names = existsSync(place) ? await readdir(place) : [];
    expect(
      names.filter((name) => name.includes(cage.mark)),
      place,
    ).toEqual([]);
  }
});

test("what an agent writes in the VM, at whatever path, later calls and other agents find there", async () => {
  for (const who of AGENTS) {
    const words = canary.vmCanary(who, cage);
    const inFolder = join(cage.folder, `${cage.mark}-${who}`);
    const reads = (path: string) => answerTo(who, ({ tool, args }) => tool === "read_file" && args.file_path === path);
    const inTheFolder = (name: string) =>
      answerTo(who, ({ tool, args }) => tool === name && args.path === cage.folder, "last");
    expect(reads(inFolder)).toContain(words);
    for (const name of ["ls", "grep"]) expect(inTheFolder(name)).toContain(inFolder);
    // deepagents' glob gives paths below the folder that it was asked about.
    expect(inTheFolder("glob").split("\n")).toContain(`${cage.mark}-${who}`);
    const shown = answerTo(who, ({ args }) => String(args.command).startsWith(`cat '${inFolder}-command'`));
    expect(shown.split(words).length - 1).toBe(2);
    expect(answerTo(who, ({ tool }) => tool === "edit_file", "last")).toContain("Successfully replaced");
    const [removed = ""] = canary.writtenPaths(who, cage);
    expect(reads(removed)).toContain("not found");
    if (who !== "main") expect(reads(join(cage.folder, `${cage.mark}-main`))).toContain(canary.vmCanary("main", cage));
  }
  const last = model.answers.findLast(({ id }) => id.startsWith("main."))?.text ?? "";
  for (const who of SUBAGENTS) expect(last).toContain(canary.vmCanary(who, cage));
  const vm = await vms.get("agent-main");
  const { stdout } = await vm.exec({
    command: `cat ${AGENTS.map((who) => `'${canary.own(who, cage)}/mine.txt'`).join(" ")}`,
  });
  expect(new TextDecoder().decode(stdout).match(/edited-in-the-vm/g)).toHaveLength(AGENTS.length);
});

test("a path of the host is no source and no draft", () => {
  expect(answerTo("researcher", ({ tool }) => tool === "read_source")).toContain("error");
  expect(answerTo("verifier", ({ tool }) => tool === "verify_citations")).toContain("error");
});

/** What an agent does, turn by turn; `first` is the first message that it got. */
function script(first: string): ScriptedCall[][] {
  const who = first.split(" ").at(-1) ?? "";
  const extra: Record<string, ScriptedCall[]> = {
    researcher: [
      call("read_source", { source: cage.secret }),
      call("read_source", { source: `file://${cage.secret}` }),
    ],
    verifier: [call("verify_citations", { filepath: cage.page })],
  };
  const turns = [
    canary.links(who, cage),
    [...canary.looks(who, cage), ...(extra[who] ?? [])],
    canary.writes(who, cage),
    canary.finds(who, who === "main" ? [] : ["main"], cage),
    ...canary.removals(who, cage),
  ];
  const draft = join(canary.own("main", cage), "draft.md");
  if (who === "verifier") turns.push([call("verify_citations", { filepath: draft })]);
  if (who !== "main") return turns;
  const others = SUBAGENTS.map((name) => `'${join(cage.folder, `${cage.mark}-${name}`)}'`);
  return [
    ...turns,
    [
      call("write_file", {
        file_path: draft,
        content: `# Canaries\n\n${note} [S1] ${canary.vmCanary("main", cage)}\n`,
      }),
    ],
    SUBAGENTS.map((name) => call("task", { subagent_type: name, description: nameOf(name) })),
    [call("execute", { command: `cat ${others.join(" ")}` })],
  ];
}

function nameOf(who: string): string {
  return `Look for canaries as ${who}`;
}

async function research(): Promise<RunRecord> {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const setup = Setup.parse(JSON.parse(await readFile(join(real, "setup.json"), "utf8")));
  base = keep(await testBackbone());
  const { home, backbone } = base;
  await symlink(join(real, "cache"), join(home, "cache"));
  const { secrets } = backbone;
  secrets.register("passphrase", planted.passphrase);
  const store = await SecretStore.open({ folder: join(home, "keys"), passphrase: planted.passphrase, secrets });
  for (const name of ["model", "search", "upstream", "unused"] as const) await store.set(name, planted[name]);
  trail = keep(await openTrail({ home, backbone }));
  const bridge = new AgentBridge();
  await mkdir(join(home, "logs"), { recursive: true });
  const redact = (line: string) => secrets.screen(line, "log");
  const log = keep(new Log(join(home, "logs", "server.log"), { redact }));
  const gateway = openGateway({
    ...{ upstreams: [], bridge, audit: log, trail, log },
    keys: { get: () => store.find("secret://upstream") },
  });
  vms = keep(await MicroVMs.open({ home, image: setup.image, gateway }));
  const machines = keep(new AgentVMs(vms, { layer: setup.layer.path, egress: { allow: [], upstreams: ["tavily"] } }));
  const choir = keep(await Choir.open({ backbone, path: join(home, "choir.sqlite") }));
  const observer = { modelCalled: (call: unknown) => told.push(call), toolCalled: (call: unknown) => told.push(call) };
  await using runs = await openRuns({
    ...{ home, backbone, choir, machines, bridge, trail, capacity: 1, version: "test" },
    passphrase: planted.passphrase,
    resolve: (env) => store.resolveAll(env),
    telemetry: { observer, prices: {}, redact },
  });
  const asked = { request: nameOf("main"), out: cage.out, sources: [join(area, "sources")], model: "openai:scripted" };
  const { runId } = await runs.client.start(asked, {
    ...model.keys,
    OPENAI_API_KEY: "secret://model",
    TAVILY_API_KEY: "secret://search",
  });
  for await (const _ of runs.client.follow(runId, { after: 0, signal: new AbortController().signal }));
  return await runs.client.get(runId);
}

/** The answer to the first, or last, of an agent's calls that `isMeant`. Fails if there is none. */
function answerTo(who: string, isMeant: (call: ScriptedCall) => boolean, which: "first" | "last" = "first"): string {
  const calls = script(nameOf(who)).flatMap((turn, n) =>
    turn.map((asked, position) => ({ asked, id: `${who}.${n}.${position}` })),
  );
  const found =
    which === "first" ? calls.find((one) => isMeant(one.asked)) : calls.findLast((one) => isMeant(one.asked));
  const answer = model.answers.find(({ id }) => id === found?.id);
  expect(answer, `an answer to ${JSON.stringify(found)}`).toBeDefined();
  return answer?.text ?? "";
}

/** Snapshots of templates that were taken since a time: an older one cannot hold what was planted afterwards. */
async function templatesSince(time: number): Promise<string[]> {
  const folder = join(base.home, "cache", "templates");
  const all = (await readdir(folder)).map((name) => join(folder, name));
  const times = await Promise.all(all.map(async (path) => (await stat(path)).mtimeMs));
  return all.filter((_, i) => (times[i] ?? 0) >= time);
}

async function eventsOf({ runId }: RunRecord): Promise<string> {
  const events: unknown[] = [];
  for await (const event of base.backbone.events.read(runId)) events.push(event);
  return JSON.stringify(events);
}

/** All checkpoints of the run, those of its subagents too, with the writes that wait in them. */
async function checkpointsOf({ runId, agentId }: RunRecord): Promise<string> {
  const saver = NatsSaver.fromConnection(base.backbone.connection, { agent: agentId });
  const kept: unknown[] = [];
  for await (const tuple of saver.list({ configurable: { thread_id: runId } }))
    kept.push(tuple.checkpoint, tuple.pendingWrites);
  return JSON.stringify(kept);
}

function keep<T extends AsyncDisposable>(resource: T): T {
  closing.push(resource);
  return resource;
}

function hex(): string {
  return randomBytes(8).toString("hex");
}
