import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredEntry } from "@vibewriter/backbone";
import { CslItem } from "@vibewriter/evidence";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { NatsStore } from "@vibewriter/langgraph-nats/store";
import { z } from "zod";
import { AuditEntry } from "../../src/audit/entry.js";
import { AgentData } from "../../src/data/agent-data.js";
import { RunEvent } from "../../src/runs/event.js";
import { type RunRecord, RunResult } from "../../src/runs/record.js";
import { ReportFiles } from "../../src/runs/report-files.js";
import { EXAMPLES, World } from "../support/world.js";

const REQUEST = "Research DeFi yield opportunities on Base blockchain";
/** A guide that asks for one thing that it has no say in. */
const GUIDE = { name: "own", text: "---\nheadings: title\ncitations: mla\n---\nRound all figures up. Be brief.\n" };
const WISH = { guide: GUIDE, citations: "apa" as const, formats: ["html" as const] };
let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe("a run with the offline model", () => {
  it("plans, reads, writes, checks, publishes, and lays the report out; a second run cites the first", async () => {
    const record = await world.run({ request: REQUEST, yes: true, report: WISH });
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
    await expectLaidOut(record);
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

    await expectAudited(record);

    const second = await world.run({
      request: "What yield does USDC lending on Base pay, and what are its risks?",
      // With all the sources of the first one it would cite those themselves.
      sources: [join(EXAMPLES, "13-yield-survey.md")],
      author: "Bob",
      yes: true,
    });
    expect(second.error).toBeUndefined();
    if (process.env.SHOW) console.log(await readFile(second.result?.report ?? "", "utf8"));
    expect(second.result?.cited).toEqual([result.article?.id]);
    expect(await world.choir.citations(result.article?.id ?? "")).toBe(1);
    await expectErased(record);
    expect((await world.choir.get(result.article?.id ?? ""))?.title).toBe(
      "DeFi yield opportunities on Base blockchain",
    );
  }, 60_000);
});

/** Each tool call of the run is in the chain of its agent once, with its model calls, its files, its beginning and its end. */
async function expectAudited({ runId, agentId }: RunRecord): Promise<void> {
  const { trail } = world.bench.parts;
  const entries: StoredEntry[] = [];
  let messages = 0;
  for await (const record of trail.read({ agent: agentId })) {
    entries.push(...record.entries);
    messages += 1;
  }
  const audited = entries.map((entry) => AuditEntry.parse(entry));
  const calls = audited.flatMap((entry) => (entry.kind === "tool" ? [entry] : []));
  const finished = (await world.events(runId)).flatMap(({ type, data }) =>
    type === "tool.finished" || type === "subagent.finished" ? [data.id] : [],
  );
  const plans = calls.filter(({ tool }) => tool === "write_todos").map(({ call }) => call);
  expect(calls.map(({ call }) => call).sort()).toEqual([...finished, ...plans].sort());
  expect(calls.find(({ tool }) => tool === "write_file")).toMatchObject({
    outcome: "ok",
    args: expect.stringMatching(/^\{"content":/),
  });
  const kinds = new Set(audited.map(({ kind }) => kind));
  expect([...kinds]).toEqual(expect.arrayContaining(["run", "model", "tool", "file"]));
  expect(audited.filter(({ kind }) => kind === "run")).toMatchObject([
    { event: "begun" },
    { event: "ended", status: "done" },
  ]);
  expect(entries.every(({ run }) => run === runId)).toBe(true);
  expect(messages).toBeLessThan(entries.length);
  const [report] = await trail.verify([agentId]);
  expect(report).toMatchObject({ entries: entries.length, lost: 0, anchored: messages, last: messages });
  expect(report?.broken).toBeUndefined();
}

/** All of the agent can be had as files; then it is gone, but for the chain of its audit, which can be verified and not be read. */
async function expectErased({ runId, agentId }: RunRecord): Promise<void> {
  const { base, bench } = world;
  const { parts } = bench;
  const memory = NatsStore.fromConnection(base.backbone.connection, { agent: agentId });
  await memory.put(["memories"], "/likes.md", { content: "short sentences" });
  const data = new AgentData(parts);
  const exported = new Map<string, number>();
  let said = "";
  for await (const { path, content } of data.export(agentId)) {
    let bytes = 0;
    for await (const piece of content) bytes += piece.length;
    exported.set(path, bytes);
    if (path === "memory.jsonl" || path.startsWith("records/")) said += path;
  }
  expect([...exported.keys()]).toEqual(
    expect.arrayContaining([`runs/${runId}/run.json`, `runs/${runId}/events.jsonl`, "audit.jsonl", "memory.jsonl"]),
  );
  expect(said).toContain("VIBEWRITER_VERIFICATIONS");
  for (const [path, bytes] of exported) expect(bytes, path).toBeGreaterThan(0);
  const [before] = await parts.trail.verify([agentId]);
  const erased = await data.erase(agentId);
  // One entry of its own, and one of past work for each run.
  expect(erased).toMatchObject({ runs: 2, memories: 3, audit: true });
  expect(erased.files).toBeGreaterThan(10);
  expect(erased.records).toBeGreaterThan(10);
  expect(await parts.runs.list()).toEqual([]);
  expect(await base.backbone.files.list(`${agentId}/`)).toEqual([]);
  expect(await memory.list([])).toEqual([]);
  expect(await memory.history(["memories"], "/likes.md")).toMatchObject([{ value: null }]);
  await memory.end();
  expect(await world.events(runId)).toEqual([]);
  const saver = NatsSaver.fromConnection(base.backbone.connection, { agent: agentId });
  expect(await saver.getTuple({ configurable: { thread_id: runId } })).toBeUndefined();
  const again: string[] = [];
  for await (const { path } of data.export(agentId)) again.push(path);
  expect(again).toEqual(["memory.jsonl", "audit.jsonl"]);
  const [after] = await parts.trail.verify([agentId]);
  expect(after).toMatchObject({ records: (before?.records ?? 0) + 1, closed: before?.records });
  expect(after?.broken).toBeUndefined();
  const readable: StoredEntry[] = [];
  for await (const { entries } of parts.trail.read({ agent: agentId })) readable.push(...entries);
  expect(readable).toMatchObject([{ kind: "decision", what: "erase" }]);
}

/** The report lies beside the published one after its guide and in its citation format, and can be had in others. */
async function expectLaidOut(record: RunRecord): Promise<void> {
  const file = (name: string) => readFile(join(record.folder, name), "utf8");
  const styled = await file("styled.md");
  expect(styled).toContain("## Where the Sources Disagree");
  expect(styled).toMatch(/\\\(\*?[^)]+, (?:n\.d\.|\d{4})\\\)/);
  expect(await file("report.html")).toMatch(/Formatted after the guide own<\/li>[\s\S]*Where the Sources Disagree/);
  const references = z.array(CslItem).parse(JSON.parse(await file("references.json")));
  expect(references.length).toBeGreaterThan(5);
  const reports = new ReportFiles(world.bench.parts);
  const ieee = Buffer.from(await reports.make(record.runId, "markdown", { citations: "ieee" })).toString();
  expect(ieee).toContain("## Where the sources disagree");
  expect(ieee).toContain(`\n\\[${references.length}\\] `);
  expect(
    Buffer.from(await reports.make(record.runId, "pdf", {}))
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
  const guide = await readFile(
    join(world.base.home, "machines", "main", "workspace", record.runId, "style-guide.md"),
    "utf8",
  );
  expect(guide).toMatch(/headings: "title"[\s\S]*\nBe brief\.\n$/);
}
