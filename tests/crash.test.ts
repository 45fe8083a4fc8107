import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isFinal, RunResult } from "@vibewriter/agent/runs";
import { findServer } from "@vibewriter/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { cli, finished, ROOT, start } from "./support/cli.js";
import { findProcess, type TestHome, testHome } from "./support/home.js";
import { serverOf } from "./support/server.js";
import { until } from "./support/until.js";

const NOTES = join(ROOT, "examples/base-defi");
const minutes = (n: number): number => n * 60_000;

/** A process of the home, by what its command line contains. */
const VICTIMS = {
  server: "server/dist/main.js",
  "nats-server": "nats-server",
  VM: "qemu-system",
} as const;
type Victim = keyof typeof VICTIMS;

/** Stages of a run, by the first event that shows it. */
const STAGES = {
  researching: (event: Seen) => event.type === "tool.started" && event.tool === "read_source",
  verifying: (event: Seen) => event.type === "subagent.started" && event.name === "verifier",
  publishing: (event: Seen) => event.type === "tool.started" && event.tool === "publish_to_choir",
} as const;
type Stage = keyof typeof STAGES;

interface Seen {
  readonly type: string;
  readonly tool?: string;
  readonly name?: string;
}

/** Each run loses something at each of its three stages; over the three runs everything dies at every stage. */
const RUNS: Record<Stage, Victim>[] = [
  { researching: "server", verifying: "nats-server", publishing: "VM" },
  { researching: "VM", verifying: "server", publishing: "nats-server" },
  { researching: "nats-server", verifying: "VM", publishing: "server" },
];

describe("a run whose parts are killed", () => {
  for (const kills of RUNS) {
    const title = Object.entries(kills)
      .map(([stage, victim]) => `the ${victim} while ${stage}`)
      .join(", ");
    it(`is finished by resume: ${title}`, { timeout: minutes(6) }, async () => {
      await using home = await testHome();
      const runId = await startRun(home);
      for (const stage of ["researching", "verifying", "publishing"] as const) {
        await reach(home, runId, stage);
        await kill(home, kills[stage]);
        await resume(home, runId);
      }
      const finish = await cli(home.path, ["resume", runId, "--yes", "--json"], { timeoutMs: minutes(3) });
      expect(finish.code, finish.stderr).toBe(0);
      const result = RunResult.parse(JSON.parse(finish.stdout));
      expect(result.status).toBe("done");
      await expectOneArticle(home, result);
      await expectNoRepeatedCalls(home, runId);
      expect(await readFile(String(result.report), "utf8")).toContain("## References");
    });
  }
});

/** Starts a run and kills its command as soon as the server has it: from here on the server is on its own. */
async function startRun(home: TestHome): Promise<string> {
  const args = [
    "research",
    "Research DeFi yield opportunities on Base blockchain",
    "--sources",
    NOTES,
    "--yes",
    "--json",
  ];
  const command = start(home.path, [...args, "--out", join(home.path, "reports")]);
  const ended = finished(command, minutes(5));
  const run = await until(async () => (await runs(home))[0], minutes(2));
  command.kill("SIGKILL");
  await ended;
  return run.runId;
}

/** The runs of the home; none while its server is not there or still starting. */
async function runs(home: TestHome) {
  const server = await findServer(home.path);
  if ((await server?.health())?.state !== "ready") return [];
  return (await server?.runs()) ?? [];
}

/** Follows the run until it is in a stage; a run that what was killed has stopped goes on first. */
async function reach(home: TestHome, runId: string, stage: Stage): Promise<void> {
  const server = await serverOf(home);
  for (let resumes = 0; resumes < 3; resumes += 1) {
    for await (const event of server.events(runId)) {
      if (STAGES[stage]({ type: event.type, ...event.data } as Seen)) return;
    }
    await server.resume(runId, {});
  }
  throw new Error(`The run is not ${stage} although it was resumed.`);
}

async function kill(home: TestHome, victim: Victim): Promise<void> {
  for (const { status } of await runs(home)) expect(isFinal(status), "the run was faster than the kill").toBe(false);
  const pid = await until(() => findProcess(home.path, VICTIMS[victim]), minutes(1));
  process.kill(pid, "SIGKILL");
}

/** Has the server back, and the run going on if it was interrupted; it may never have noticed. */
async function resume(home: TestHome, runId: string): Promise<void> {
  const { stdout } = await cli(home.path, ["runs", "--json"], { timeoutMs: minutes(2) });
  expect(stdout).toContain(runId);
  const server = await serverOf(home);
  const { status } = await server.run(runId);
  if (status === "interrupted" || status === "failed") await server.resume(runId, {});
}

async function expectOneArticle(home: TestHome, result: RunResult): Promise<void> {
  const { stdout } = await cli(home.path, ["kb", "list", "--json"]);
  const { articles } = z.object({ articles: z.array(z.object({ id: z.string() })) }).parse(JSON.parse(stdout));
  expect(articles.map(({ id }) => id)).toEqual([result.article?.id]);
}

/** A tool call that finished is never started again: its first end comes after all of its starts. */
async function expectNoRepeatedCalls(home: TestHome, runId: string): Promise<void> {
  const finishedCalls = new Set<string>();
  for await (const event of (await serverOf(home)).events(runId)) {
    if (event.type === "tool.finished") finishedCalls.add(event.data.id);
    if (event.type === "tool.started") expect(finishedCalls, event.data.summary).not.toContain(event.data.id);
  }
  expect(finishedCalls.size).toBeGreaterThan(5);
}
