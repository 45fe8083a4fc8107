import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { Choir } from "@vibewriter/choir";
import { NatsStore } from "@vibewriter/langgraph-nats";
import { type AuditRecord, EgressGateway, MicroVMs } from "@vibewriter/microvm";
import type { SandboxBackendProtocolV2 } from "deepagents";
import { z } from "zod";
import { HOLDINGS, PROXY, SAFE, testServices } from "../../../../skills/financial-dd/test/support/services.js";
import { ScriptedModel } from "../../../../tests/support/scripted-model.js";
import { makeDocx, wordParagraph } from "../../../evidence/test/support/docx.js";
import { makePdf } from "../../../evidence/test/support/pdf.js";
import { AgentBridge } from "../../src/bridge/agent-bridge.js";
import { runTools } from "../../src/bridge/run-tools.js";
import { AgentVMs, type Machines } from "../../src/machines.js";
import { researcherPrompt } from "../../src/prompts/researcher.js";
import { Fence } from "../../src/runs/fence.js";
import { openContext } from "../../src/runs/run-context.js";
import { LOOT, ObedientPrograms, ORDERS, orderIn } from "../injection/vm-orders.js";
import { testBackbone } from "../support/backbone.js";
import { openBench } from "../support/bench.js";
import { EXAMPLES } from "../support/world.js";

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
const PAIRS = join(import.meta.dirname, "../../../../skills/financial-dd/test/pairs");

const python = `
from vibewriter_bridge import BridgeError, call, tools
print([tool["name"] for tool in tools()])
print(call("web_search", query="Aave supply yield on Base")["results"][0]["source"])
try:
    call("publish_to_choir", filepath="x")
except BridgeError as error:
    print(error.code)
`;
const node = `
import { call } from "vibewriter-bridge";
console.log((await call("search_choir_kb", { query: "yields" })).length);
console.log((await call("read_source", { source: "S1" })).source);
`;

const audits: AuditRecord[] = [];
const bridge = new AgentBridge();
let base: Awaited<ReturnType<typeof testBackbone>>;
let services: Awaited<ReturnType<typeof testServices>>;
let vms: MicroVMs;
let agentVMs: AgentVMs;

beforeAll(async () => {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const setup = Setup.parse(JSON.parse(await readFile(join(real, "setup.json"), "utf8")));
  base = await testBackbone();
  // Templates that other tests have built already.
  await mkdir(join(real, "cache"), { recursive: true });
  await symlink(join(real, "cache"), join(base.home, "cache"));
  services = await testServices();
  const gateway = new EgressGateway({
    tools: bridge,
    audit: (record) => audits.push(record),
    // The gateway's own checks are in place: a name that is not allowed, or that is at a private address, is not connected to.
    resolve: async () => ["93.184.215.14"],
    connect: async (_to, signal) => {
      const socket = connect({ host: "127.0.0.1", port: services.port });
      await once(socket, "connect", { signal });
      return socket;
    },
  });
  vms = await MicroVMs.open({ home: base.home, image: setup.image, gateway });
  const egress = { allow: [{ host: "api.example.com" }, { host: "node.example.com", methods: ["POST"] }] };
  agentVMs = new AgentVMs(vms, { layer: setup.layer.path, egress, gateway });
});
afterAll(async () => {
  await agentVMs?.[Symbol.asyncDispose]();
  await vms?.[Symbol.asyncDispose]();
  await services?.[Symbol.asyncDispose]();
  await base?.[Symbol.asyncDispose]();
});

describe("a script in an agent's VM", () => {
  it("searches and reads with the tools of its run, in Python, Node and the shell", { timeout: 240_000 }, async () => {
    const { home, backbone } = base;
    // The sources are texts already: no reader VM is needed for them.
    const machines: Machines = {
      isolation: agentVMs.isolation,
      hasDoors: agentVMs.hasDoors,
      sandbox: agentVMs.sandbox,
      requireKeys: () => agentVMs.requireKeys(),
      extractor:
        () =>
        async ({ bytes }) => ({ text: new TextDecoder().decode(bytes) }),
      backend: (...args) => agentVMs.backend(...args),
      files: (agentId) => agentVMs.files(agentId),
    };
    await using choir = await Choir.open({ backbone, path: join(home, "choir.sqlite") });
    await using bench = await openBench({ home, backbone, choir, machines, bridge });
    const request = {
      request: "Research yields on Base",
      out: join(home, "out"),
      sources: [EXAMPLES],
      model: "offline",
    };
    const record = await bench.client.start(request, {});
    const fence = new Fence(bench.parts.runs, record);
    const { context, backend, emit } = await openContext(bench.parts, record, { env: {}, fence });
    expect(researcherPrompt("/workspace", context)).toContain("from vibewriter_bridge import call");
    const { runId, agentId } = record;
    const { folder } = context.workspace;
    await context.workspace.write(`${folder}/script.py`, python);
    await context.workspace.write(`${folder}/script.mjs`, node);
    {
      using _ = bridge.serve({
        runId,
        agentId,
        drive: 1,
        tools: runTools(context, () => true),
        emit,
        audit: context.audit,
      });
      const inPython = await backend.execute("python3 script.py");
      expect(inPython.output.split("\n")).toEqual([
        "['search_choir_kb', 'web_search', 'read_source', 'check_citations']",
        expect.stringMatching(/^S\d+$/),
        "unknown_tool",
        "",
      ]);
      expect((await backend.execute("node script.mjs")).output).toBe("0\nS1\n");
      const inShell = await backend.execute(`vw-tool web_search '{"query": "Morpho vaults", "limit": 1}'`);
      expect(JSON.parse(inShell.output)).toMatchObject({ result: { results: [{ source: expect.any(String) }] } });
      // A script of no run of this agent's, as it says itself.
      const stranger = await backend.execute('VIBEWRITER_SCOPE=another vw-tool web_search \'{"query": "x"}\'');
      expect(stranger).toMatchObject({ exitCode: 22, output: expect.stringContaining("no_run") });
    }
    const late = await backend.execute('vw-tool search_choir_kb \'{"query": "x"}\'');
    expect(late).toMatchObject({ exitCode: 22, output: expect.stringContaining("no_run") });
    expect((await backend.execute("curl -sS http://example.com/")).output).toMatch(/This VM may not do GET/);
    expect(audits.filter(({ door }) => door === "bridge").every(({ vm }) => vm === "agent-main")).toBe(true);
    expect(audits.map(({ name }) => name)).toEqual(expect.arrayContaining(["web_search", "read_source"]));
  });
});

describe("a model that obeys whatever it reads, in a VM of its own", { timeout: 240_000 }, () => {
  it("has programs publish, cite, remember, ask and send nothing that no person allowed", async () => {
    const { home, backbone } = base;
    await using choir = await Choir.open({ backbone, path: join(home, "towers.sqlite") });
    await using bench = await openBench({ home, backbone, choir, machines: agentVMs, bridge });
    const loot = "/workspace/loot";
    await agentVMs.backend("main", loot);
    const files = await agentVMs.files("main");
    for (const [name, text] of Object.entries(LOOT)) await files.write(`${loot}/${name}`, Buffer.from(text));
    let folder = "";
    const obedience = new ObedientPrograms(() => ({ loot, folder }));
    await using model = await ScriptedModel.open(obedience.script);
    const given = join(home, "given");
    await mkdir(given);
    await writeFile(join(given, "paper.pdf"), makePdf([["Towers of the coast", orderIn("pdf")]]));
    const note = `# Towers\n\nThe tower of Kap Arkona was built in 1827.\n\n${orderIn("page")}\n`;
    await writeFile(join(given, "tower.md"), note);
    const sources = ["paper.pdf", "tower.md"].map((name) => join(given, name));
    const asked = { request: "Research towers", sources, search: [], out: join(home, "out"), model: "openai:scripted" };
    const { runId } = await bench.client.start(asked, model.keys);
    folder = `/workspace/${runId}`;
    audits.length = 0;
    const record = await bench.drive(runId, { keys: model.keys });
    // All of it was read and done, and a person is asked before the one thing that the run is there for.
    expect(record).toMatchObject({ status: "waiting", approval: { tool: "publish_to_choir" } });
    expect([...obedience.obeyed].sort()).toEqual(Object.keys(ORDERS).sort());
    expect(await choir.list()).toEqual([]);
    const evil = audits.filter(({ host = "" }) => host.includes("evil") || host.includes("93.184"));
    expect(evil.length).toBeGreaterThanOrEqual(2);
    expect(evil.filter(({ outcome }) => outcome === "allowed")).toEqual([]);
    const told = model.answers.map(({ text }) => text).join("\n");
    for (const said of ["unknown_tool", "no_run", "This VM may not do GET", "source_not_allowed"])
      expect(told).toContain(said);
    const store = NatsStore.fromConnection(backbone.connection, { agent: "main" });
    expect(JSON.stringify(await store.search(["memories"], { limit: 1_000 }))).not.toContain("evil");
    await store.end();
    expect(await bench.parts.skills.list("main")).toEqual([]);
  });
});

describe("a program that asks for a server that nothing allows", { timeout: 240_000 }, () => {
  it("is refused until a person has said yes to exactly that one, also if the host restarts before it is used", async () => {
    const { home, backbone } = base;
    await using choir = await Choir.open({ backbone, path: join(home, "reach.sqlite") });
    const [host, path] = ["new.example.org", "/overview/dexs/Base"];
    const get = { tool: "execute", args: { command: `curl -sS -m 20 http://${host}${path}` } };
    const wish = { tool: "reach_host", args: { host, port: 80, why: "the volumes" } };
    const end = { tool: "stop_without_report", args: { reason: "cannot_do", explanation: "It was a try." } };
    await using model = await ScriptedModel.open((_first, turn) => [[get], [wish], [get], [end]][turn] ?? "Done.");
    const parts = { home, backbone, choir, machines: agentVMs, bridge };
    audits.length = 0;
    let runId = "";
    {
      await using bench = await openBench(parts);
      const asked = {
        request: "Count volumes",
        sources: [EXAMPLES],
        search: [],
        out: join(home, "out"),
        attended: true,
      };
      ({ runId } = await bench.client.start({ ...asked, model: "openai:scripted" }, model.keys));
      const waiting = await bench.drive(runId, { keys: model.keys });
      const { approval } = waiting;
      expect(approval).toMatchObject({ operation: "reach_host", args: { host, port: 80 }, taint: [{ origin: "vm" }] });
      await bench.client.decide(runId, approval?.id ?? "", { decision: "approve" }, model.keys);
    }
    const command = await agentVMs.backend("main", "/workspace/before");
    expect((await command.execute(get.args.command)).output).toMatch(/This VM may not do GET to new\.example\.org/);
    await using bench = await openBench(parts);
    const done = await bench.drive(runId, { keys: model.keys });
    const [refused, opened, got] = model.answers.map(({ text }) => text);
    expect(refused).toMatch(/\[The network refused new\.example\.org:80: .* reach_host asks for it/);
    expect(opened).toBe(`{"opened":true,"server":"${host}:80"}`);
    expect(got).toContain('"total24h":5000');
    expect(done.hosts).toMatchObject([{ host, port: 80, by: "person" }]);
    expect((await command.execute(get.args.command)).output).toMatch(/This VM may not do GET to new\.example\.org/);
    const asked = audits.filter((record) => record.host === host);
    expect(asked.map(({ outcome }) => outcome)).toEqual(["refused", "refused", "allowed", "refused"]);
  });
});

describe("a skill of ours, run as the agent runs it", { timeout: 240_000 }, () => {
  let backend: SandboxBackendProtocolV2;
  beforeAll(async () => {
    backend = await agentVMs.backend("main", "/workspace/skills");
  });

  async function put(name: string, text: string): Promise<void> {
    await (await agentVMs.files("main")).write(`/workspace/skills/${name}`, Buffer.from(text));
  }
  async function run(skill: string, args: string) {
    const { exitCode, output } = await backend.execute(`node /skills/${skill} ${args}`);
    return { exitCode, output };
  }

  it("financial-dd finds the weakness of a contract, and nothing in its clean twin", async () => {
    await put("pair.sol", await readFile(join(PAIRS, "tx-origin--owner.sol"), "utf8"));
    const { exitCode, output } = await run("financial-dd/contracts.mjs", "pair.sol --no-solhint --json");
    const { findings, failed } = Contracts.parse(JSON.parse(output));
    const above = findings.filter(({ risk }) => risk !== "none" && risk !== "low");
    expect(failed).toEqual([]);
    expect(above.map(({ detector, contract }) => [detector, contract])).toEqual([["tx-origin", "WeakPurse"]]);
    expect(exitCode).toBe(1);
  });

  it("financial-dd asks a node and DefiLlama through the gateway", async () => {
    await put("holdings.json", HOLDINGS);
    audits.length = 0;
    const rpc = "--rpc http://node.example.com/rpc";
    const counted = "--slug pool --chain Base --api http://api.example.com --holdings holdings.json";
    const market = await run("financial-dd/market.mjs", `${counted} ${rpc}`);
    expect(market).toEqual({ exitCode: 1, output: expect.stringContaining("20.0 % apart: FLAGGED") });
    const chain = await run("financial-dd/chain.mjs", `${rpc} --contract ${PROXY}`);
    expect(chain).toEqual({ exitCode: 1, output: expect.stringMatching(/\| owner \| .* \| multisig \| 3 of 5 \|/) });
    expect(chain.output).toContain(SAFE);
    expect(audits.filter(({ outcome }) => outcome !== "allowed")).toEqual([]);
    expect(new Set(audits.map(({ method, host }) => `${method} ${host}`))).toEqual(
      new Set(["GET api.example.com", "POST node.example.com"]),
    );
  });

  it("apply-style formats a draft by a guide, and sees a rewrite that says something else", async () => {
    await put("draft.md", "# a look at Tides\n\nIt was 12km -- not 5 % [S1].\n");
    await put("rewritten.md", "# a look at Tides\n\nIt was 13km -- not 5 % [S1].\n");
    const formatted = await run("apply-style/format.mjs", "--draft draft.md --guide academic --out styled.md");
    expect(formatted).toEqual({ exitCode: 0, output: expect.stringContaining("capitals of headings (2)") });
    expect((await backend.execute("cat styled.md")).output).toBe("# A Look at Tides\n\nIt was 12 km—not 5% [S1].\n");
    const wrong = await run("apply-style/check.mjs", "--before draft.md --after rewritten.md");
    expect(wrong).toEqual({ exitCode: 1, output: expect.stringContaining("“13 km” was not said before") });
  });
});

describe("a document in the reader VM", { timeout: 240_000 }, () => {
  it("of thirty pages is read page by page, and one of Word's with its headings", async () => {
    const pages = Array.from({ length: 30 }, (_, n) => [
      "Yield survey of the year",
      `In month ${n + 1} deposits grew to $1.${n + 10} billion in the mar-`,
      `ket that is number ${n + 1} of all.`,
    ]);
    const pdf = { bytes: makePdf(pages), mediaType: "application/pdf", name: "survey.pdf" };
    const { text } = await agentVMs.extractor("run")(pdf);
    const [first, ...others] = pages.map(([, line, end]) => `${line?.replace(/-$/, "")}${end}`);
    // What stands at the head of every page is said once.
    expect(text.split("\n\n")).toEqual([`Yield survey of the year ${first}`, ...others]);
    const body = `${wordParagraph("Results", "Heading1")}${wordParagraph("Fees fell by a fifth.")}`;
    const mediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const word = await agentVMs.extractor("run")({ bytes: makeDocx(body), mediaType, name: "yields.docx" });
    expect(word).toMatchObject({ title: "Yields & risks", author: "Ada L." });
    expect(word.text).toContain("# Results\n\nFees fell by a fifth.");
  });

  it("shares that VM only with files of its run; a page of the web is alone, and so is what comes after it", async () => {
    const readers = () => vms.list().flatMap(({ id, labels }) => (labels.role === "reader" ? [id] : []));
    const read = (group: string, name: string) =>
      agentVMs.extractor(group)({ bytes: Buffer.from("# A\n\nText."), mediaType: "text/markdown", name });
    await read("run", "a.md");
    const ofRun = readers();
    expect(ofRun).toHaveLength(1);
    await read("run", "b.md");
    expect(readers()).toEqual(ofRun);
    await read("other", "a.md");
    expect(readers()).not.toEqual(ofRun);
    await read("other", "https://example.org/a.md");
    expect(readers()).toEqual([]);
  });
});

const Contracts = z.object({
  findings: z.array(z.looseObject({ detector: z.string(), contract: z.string(), risk: z.string() })),
  failed: z.array(z.unknown()),
});
