import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunEvent } from "../../src/runs/event.js";
import { RunResult } from "../../src/runs/record.js";
import { World } from "../support/world.js";

const REQUEST = "Research DeFi yield opportunities on Base blockchain";
let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe("a run with the offline model", () => {
  it("plans, reads, writes, checks, publishes, and lays the report out; a second run cites the first", async () => {
    const record = await world.run({ request: REQUEST, yes: true });
    expect(record.error).toBeUndefined();
    expect(record).toMatchObject({ status: "done" });
    const result = RunResult.parse(record.result);
    expect(result.citations.rate).toBeGreaterThanOrEqual(0.9);
    expect(result.citations.total).toBeGreaterThan(20);
    expect(result.article?.title).toBe("DeFi yield opportunities on Base blockchain");
    expect(result.sources).toHaveLength(13);
    const report = await readFile(join(world.out, "defi-yield-opportunities-on-base-blockchain", "report.md"), "utf8");
    expect(report).toContain("## Where the sources disagree");
    expect(report).toContain("## References");
    expect(report).not.toMatch(/\[S\d/);
    if (process.env.SHOW)
      console.log(
        report,
        JSON.stringify(
          (await world.events(record.runId)).filter((e) => e.type !== "tool.started"),
          null,
          0,
        ).slice(0, 14000),
      );
    const types = new Set((await world.events(record.runId)).map((event) => RunEvent.parse(event).type));
    expect([...types]).toEqual(
      expect.arrayContaining([
        "plan",
        "subagent.started",
        "subagent.finished",
        "tool.started",
        "tool.finished",
        "message",
        "artifact",
        "result",
        "status",
      ]),
    );

    const second = await world.run({
      request: "What yield does USDC lending on Base pay, and what are its risks?",
      author: "Bob",
      yes: true,
    });
    expect(second.error).toBeUndefined();
    if (process.env.SHOW) console.log(await readFile(second.result?.report ?? "", "utf8"));
    expect(second.result?.cited).toEqual([result.article?.id]);
    expect(await world.choir.citations(result.article?.id ?? "")).toBe(1);
  }, 60_000);
});
