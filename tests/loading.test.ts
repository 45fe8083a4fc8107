import { describe, expect, it } from "vitest";
import { loadedBy } from "./support/loaded.js";

/** What takes longer to load than a command takes to answer, or a server to start. The names of searches and of methods are lists, and nothing else. */
const AGENT =
  /^node_modules\/(@langchain\/(anthropic|langgraph|ollama|openai)|deepagents|langchain|langsmith|openai)\//;
const SERVER =
  /^packages\/(backbone|choir|evidence(?!\/dist\/(search\/names|check\/method)\.js)|langgraph-nats|microvm)\/|^node_modules\/(@modelcontextprotocol|@nats-io|better-sqlite3|hono|undici)\//;

describe("what is loaded", () => {
  it("by a command is nothing that only the server needs", async () => {
    const { stdout, modules } = await loadedBy("apps/cli/bin/vibewriter.mjs", "--help");
    expect(stdout).toContain("vibewriter research");
    expect(modules).toContain("apps/cli/dist/main.js");
    expect(modules.filter((path) => AGENT.test(path) || SERVER.test(path))).toEqual([]);
  });

  // Each of a thousand modules is told: that takes longer than loading them.
  it("by a server before its first run is nothing that only the agent needs", { timeout: 120_000 }, async () => {
    const { modules } = await loadedBy("apps/server/dist/own-home.js");
    expect(modules).toContain("packages/agent/dist/host.js");
    expect(modules.filter((path) => AGENT.test(path))).toEqual([]);
  });
});
