import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentBridge } from "@vibewriter/agent";
import { Config } from "../src/config.js";
import { openGateway, takeUpstreamKeys } from "../src/egress.js";
import { Log } from "../src/log.js";

const key = "tvly-0123456789abcdef";

describe("the way out of the agents' VMs", () => {
  it("allows nothing by default, and refuses settings that are wrong", () => {
    expect(Config.parse({})).toMatchObject({ egress: { allow: [] }, upstreams: [] });
    const upstream = { name: "own", baseUrl: "http://api.example.com", header: "x-key" };
    expect(Config.safeParse({ upstreams: [upstream] }).success).toBe(false);
    expect(Config.safeParse({ egress: { allow: [{ host: "10.0.0.1" }] } }).error?.issues[0]?.message).toMatch(
      /an address/,
    );
    expect(Config.safeParse({ egress: { allow: [{ host: "*" }] } }).success).toBe(false);
  });

  it("takes the operator's credentials out of the environment, and none of the runs' keys", () => {
    const env = {
      PATH: "/bin",
      TAVILY_API_KEY: "a run's",
      VIBEWRITER_UPSTREAM_TAVILY: key,
      VIBEWRITER_UPSTREAM_MY_OWN: "x",
    };
    expect([...takeUpstreamKeys(env)]).toEqual([
      ["tavily", key],
      ["my-own", "x"],
    ]);
    expect(env).toEqual({ PATH: "/bin", TAVILY_API_KEY: "a run's" });
  });

  it("writes what VMs ask for into a log of its own, without queries and credentials", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vw-egress-"));
    try {
      const path = join(folder, "egress.log");
      const recorded: unknown[] = [];
      {
        await using audit = new Log(path);
        await using log = new Log(join(folder, "server.log"));
        const keys = new Map([["tavily", key]]);
        const trail = { record: (agent: string, entry: object) => void recorded.push([agent, entry]) };
        const gateway = openGateway({ upstreams: [], keys, bridge: new AgentBridge(), audit, trail, log });
        const request = { vm: "agent-main", url: "http://www.example.com/?q=private", headers: { "x-a": key } };
        await expect(gateway.fetchThrough({ allow: [] }, request)).rejects.toMatchObject({ code: "not_allowed" });
        // A person's own VM may have an agent's name.
        const own = gateway.fetchThrough({ allow: [] }, { ...request, vm: "main" });
        await expect(own).rejects.toMatchObject({ code: "not_allowed" });
        const repeated = gateway.fetchThrough({ allow: [] }, { ...request, vm: "agent-main.run-1" });
        await expect(repeated).rejects.toMatchObject({ code: "not_allowed" });
      }
      const lines = (await readFile(path, "utf8")).trim().split("\n");
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { event: "egress", level: "warn", vm: "agent-main", host: "www.example.com", reason: "not_allowed" },
        { event: "egress", level: "warn", vm: "main", host: "www.example.com", reason: "not_allowed" },
        { event: "egress", level: "warn", vm: "agent-main.run-1" },
      ]);
      expect(recorded).toMatchObject([
        ["main", { kind: "egress", vm: "agent-main", reason: "not_allowed" }],
        ["vm.main", { kind: "egress", vm: "main", reason: "not_allowed" }],
        ["main", { kind: "egress", vm: "agent-main.run-1" }],
      ]);
      expect(JSON.stringify(recorded) + lines.join()).not.toMatch(/private|tvly/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("does not open with an upstream that has no public name", () => {
    const upstreams = [{ name: "own", baseUrl: "https://10.0.0.1/", header: "x-key", prefix: "" }];
    const log = { write: () => undefined } as unknown as Log;
    const trail = { record: () => undefined };
    const make = () => openGateway({ upstreams, keys: new Map(), bridge: new AgentBridge(), audit: log, trail, log });
    expect(make).toThrow(/upstream "own" cannot be used/);
  });
});
