import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { RunResult } from "@vibewriter/agent/runs";
import { findNatsServer, NatsServer } from "@vibewriter/backbone";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { cli, finished, ROOT, start } from "./support/cli.js";
import { processesOf, type TestHome, testHome } from "./support/home.js";
import { until } from "./support/until.js";

const NOTES = join(ROOT, "examples/base-defi");
const minutes = (n: number): number => n * 60_000;

/** Several hosts on one machine: homes that share a nats-server of nobody's. */
describe("vibewriter worker", () => {
  let folder: string;
  let nats: NatsServer;
  let env: NodeJS.ProcessEnv;
  const homes: TestHome[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vw-nats-"));
    const binary = await findNatsServer({ home: process.env.VIBEWRITER_HOME ?? "" });
    if (!binary) throw new Error("There is no nats-server; run `npm run setup`.");
    nats = await NatsServer.start({ binary, runDir: folder, dataDir: join(folder, "jetstream") });
    const { user, password } = nats.credentials;
    env = { NATS_URL: nats.url.replace("nats://", `nats://${user}:${password}@`) };
  }, minutes(1));

  afterAll(async () => {
    for (const home of homes) await home[Symbol.asyncDispose]();
    await nats.stop();
    await rm(folder, { recursive: true, force: true });
  }, minutes(2));

  async function newHome(): Promise<string> {
    const home = await testHome();
    homes.push(home);
    return home.path;
  }

  it(
    "joins the pool, is listed from another host, has its home alone, and leaves with nothing behind",
    async () => {
      const [home, other] = [await newHome(), await newHome()];
      const worker = await Worker.start(home, env);
      const listed = await cli(other, ["worker", "list", "--json"], { env: { ...env, VIBEWRITER_RUNS_AT_ONCE: "0" } });
      expect(listed.code, listed.stderr).toBe(0);
      const { workers } = Listed.parse(JSON.parse(listed.stdout));
      expect(workers).toMatchObject([{ pid: worker.pid, capacity: 3, classes: ["offline"], active: 0, isAlive: true }]);
      const second = await cli(home, ["worker"], { env });
      expect(second.code).not.toBe(0);
      expect(second.stderr).toMatch(/runs already; run `vibewriter stop` first/);
      await cli(other, ["stop"]);
      worker.child.kill("SIGINT");
      expect(await worker.ended).toBe(0);
      expect(await processesOf(home)).toEqual([]);
    },
    minutes(4),
  );

  it(
    "goes on with a run whose worker was killed, and the report lies where it was asked for",
    async () => {
      const [desk, first, second] = [await newHome(), await newHome(), await newHome()];
      const victim = await Worker.start(first, env);
      const args = ["research", "Research DeFi yield opportunities on Base blockchain", "--sources", NOTES, "--yes"];
      const command = start(desk, [...args, "--out", join(desk, "reports"), "--json"], {
        ...env,
        VIBEWRITER_RUNS_AT_ONCE: "0",
      });
      const asked = finished(command, minutes(9));
      const { run } = await victim.said(({ type }) => type === "run claimed", minutes(2));
      const heir = await Worker.start(second, env);
      process.kill(victim.pid, "SIGKILL");
      const killed = performance.now();
      await heir.said((said) => said.type === "run claimed" && said.run === run, 60_000);
      expect(performance.now() - killed).toBeLessThan(45_000);
      const { code, stdout, stderr } = await asked;
      expect(code, stderr).toBe(0);
      const result = RunResult.parse(JSON.parse(stdout));
      expect(result).toMatchObject({ runId: run, status: "done" });
      expect(await readFile(String(result.report), "utf8")).toContain("## References");
      expect(result.report?.startsWith(join(desk, "reports"))).toBe(true);
      heir.child.kill("SIGINT");
      expect(await heir.ended).toBe(0);
    },
    minutes(12),
  );
});

const Listed = z.object({ workers: z.array(z.looseObject({ pid: z.number() })) });
const Said = z.looseObject({ type: z.string(), run: z.string().optional() });

class Worker {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<number | null>;
  readonly #said: z.infer<typeof Said>[] = [];
  #errors = "";

  private constructor(child: ChildProcess) {
    this.child = child;
    this.pid = child.pid ?? 0;
    this.ended = once(child, "close").then(([code]) => code);
    child.stderr?.on("data", (bytes) => {
      this.#errors += bytes;
    });
    if (child.stdout) createInterface(child.stdout).on("line", (line) => this.#said.push(Said.parse(JSON.parse(line))));
  }

  static async start(home: string, env: NodeJS.ProcessEnv): Promise<Worker> {
    const worker = new Worker(start(home, ["worker", "--runs", "3", "--json"], env));
    await worker.said(({ type }) => type === "ready", minutes(2));
    return worker;
  }

  async said(isMeant: (said: z.infer<typeof Said>) => boolean, withinMs: number): Promise<z.infer<typeof Said>> {
    const found = async () => {
      if (this.child.exitCode !== null) throw new Error(`The worker has ended: ${this.#errors}`);
      return this.#said.find(isMeant);
    };
    return await until(found, withinMs);
  }
}
