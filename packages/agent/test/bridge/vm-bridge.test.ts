import { mkdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Choir } from "@vibewriter/choir";
import { type AuditRecord, EgressGateway, MicroVMs } from "@vibewriter/microvm";
import { z } from "zod";
import { AgentBridge } from "../../src/bridge/agent-bridge.js";
import { runTools } from "../../src/bridge/run-tools.js";
import { AgentVMs, type Machines } from "../../src/machines.js";
import { researcherPrompt } from "../../src/prompts/researcher.js";
import { openContext } from "../../src/runs/drive.js";
import { Fence } from "../../src/runs/fence.js";
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

describe("a script in an agent's VM", () => {
  it("searches and reads with the tools of its run, in Python, Node and the shell", { timeout: 240_000 }, async () => {
    const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
    const setup = Setup.parse(JSON.parse(await readFile(join(real, "setup.json"), "utf8")));
    await using base = await testBackbone();
    const { home, backbone } = base;
    // Templates that other tests have built already.
    await mkdir(join(real, "cache"), { recursive: true });
    await symlink(join(real, "cache"), join(home, "cache"));
    const audits: AuditRecord[] = [];
    const bridge = new AgentBridge();
    const gateway = new EgressGateway({ tools: bridge, audit: (record) => audits.push(record) });
    await using vms = await MicroVMs.open({ home, image: setup.image, gateway });
    await using agentVMs = new AgentVMs(vms, { layer: setup.layer.path });
    // The sources are texts already: no reader VM is needed for them.
    const machines: Machines = {
      isolation: agentVMs.isolation,
      hasDoors: agentVMs.hasDoors,
      sandbox: agentVMs.sandbox,
      requireKeys: () => agentVMs.requireKeys(),
      extract: async ({ bytes }) => ({ text: new TextDecoder().decode(bytes) }),
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
      using _ = bridge.serve({ runId, agentId, drive: 1, tools: runTools(context), emit });
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
