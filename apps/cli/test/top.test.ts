import { Top } from "@vibewriter/server";
import pc from "picocolors";
import { testHome } from "../../../tests/support/home.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";
import { topLines } from "../src/view/top.js";
import { Pty } from "./support/pty.js";

const colors = pc.createColors(false);
const NOW = "2026-11-22T12:00:00.000Z";
const run = {
  ...{ runId: "run-abc", agentId: "main", status: "running", request: "Bees in cities", model: "openai:gpt-5.1" },
  ...{
    createdAt: "2026-11-22T11:58:30.000Z",
    activeMs: 61_000,
    step: { at: 2, of: 3, text: "Read\u001b[2J the sources" },
  },
  ...{ doing: "researcher: read_source", inputTokens: 11_600, outputTokens: 400, costUsd: 0.0185 },
};
const top = Top.parse({
  ...{ at: NOW, version: "0.1.0", nats: { version: "2.12.1", tier: "full", replicas: 1 }, deadLetters: 2 },
  queue: [{ name: "pool.offline", waiting: 3, underWay: 2, redelivered: 0 }],
  workers: [
    ...[{ id: "w", machine: "east", version: "0.1.0", classes: ["offline"], capacity: 2, active: 1, silentMs: 2_000 }],
  ],
  runs: [run, { ...run, runId: "run-def", status: "waiting", costUsd: null, inputTokens: 0, outputTokens: 0 }],
  vms: [
    { id: "agent-main", state: "running", memoryBytes: 65_011_712 },
    { id: "lab", state: "stopped" },
  ],
});

describe("vibewriter top", () => {
  it("shows runs with their step, age, tokens and cost, workers, VMs with memory, the queue and NATS", () => {
    expect(topLines(top, { width: 100, colors })).toEqual([
      "Vibewriter 0.1.0  NATS 2.12.1 (full)",
      "Queue (waiting+under way): offline 3+2  2 dead letters: see vibewriter dlq list",
      "",
      "RUN      STATE    AGE   ACTIVE  TOKENS  COST     STEP",
      "run-abc  running  90 s  1:01    12k     $0.02    2/3 Read the sources › researcher: read_source",
      "run-def  waiting  90 s  1:01    -       unknown  2/3 Bees in cities",
      "",
      "WORKER  VERSION  RUNS  HEARD    SERVES",
      "east    0.1.0    1/2   2 s ago  offline",
      "",
      "VM          STATE    MEMORY",
      "agent-main  running  62.0 MiB",
      "lab         stopped  -",
    ]);
  });

  it("fits every terminal, however narrow and low", () => {
    for (let width = 1; width <= 120; width += 1) {
      for (const height of [1, 3, 8, 50]) {
        const lines = topLines(top, { width, height, colors });
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
      }
    }
    expect(topLines(top, { width: 100, height: 5, colors }).at(-1)).toBe("… 9 more lines");
  });

  it("prints one look as JSON, draws a terminal until q, and needs one to draw on", async () => {
    await using home = await testHome();
    const { code, stdout } = await cli(home.path, ["top", "--json"]);
    expect(code).toBe(0);
    const look = Top.parse(JSON.parse(stdout));
    expect(look).toMatchObject({
      nats: { tier: "full" },
      runs: [],
      deadLetters: 0,
      workers: [{ capacity: 2, active: 0 }],
    });
    expect((await cli(home.path, ["top", "--once"])).stdout).toMatch(
      /NATS .*\(full\)[\s\S]*RUNS {2}none[\s\S]*WORKER /,
    );
    expect(await cli(home.path, ["top"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--once") });
    using pty = new Pty(home.path, ["top"]);
    await pty.shows(/NATS .*\(full\)/);
    // It is drawn again, in place: a second later the worker was heard of at another time.
    await pty.shows(/\d s ago[\s\S]*\d s ago/);
    pty.type("q");
    expect(await pty.ended()).toEqual({ code: 0, restored: true });
  }, 120_000);
});
