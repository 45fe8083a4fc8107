import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunResult } from "@vibewriter/agent/runs";
import type { FollowedEvent } from "@vibewriter/server";
import { describe, expect, it } from "vitest";
import { oneOf, seededRandom } from "../packages/microvm/test/support/random.js";
import { ROOT } from "./support/cli.js";
import { KillWorld, VICTIMS, type Victim } from "./support/kill-world.js";
import type { RunWatch } from "./support/run-watch.js";
import { serverOf } from "./support/server.js";

/** `VIBEWRITER_KILL_ROUNDS` asks for more of them, `VIBEWRITER_KILL_SEED` for others. */
const rounds = Number(process.env.VIBEWRITER_KILL_ROUNDS ?? 10);
const firstSeed = Number(process.env.VIBEWRITER_KILL_SEED ?? 1);
const NOTES = join(ROOT, "examples/base-defi");
const minutes = (n: number): number => n * 60_000;

const REQUESTS = [
  "Research DeFi yield opportunities on Base blockchain",
  "Research the risks of lending protocols on Base blockchain",
];
/** No news for so long: the kill comes anyway. A run whose worker has died may be silent for longer. */
const SILENCE_MS = 15_000;

/** Kills one thing at a point of the runs: so many events after the kill before, and then so many milliseconds. */
interface Kill {
  readonly seed: number;
  readonly victim: Victim;
  readonly events: number;
  readonly thenMs: number;
  readonly choice: number;
}

describe("runs under kill -9", () => {
  const title = `of worker, server, VM and nats-server, ${rounds} times: every run finishes, by itself; nothing is lost, nothing is there twice`;
  it(title, { timeout: minutes(4) + rounds * minutes(1.5) }, async () => {
    await using world = await KillWorld.open();
    const finished: RunWatch[] = [];
    const kills: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + rounds; ) {
      const wave = await Promise.all(REQUESTS.map((text, n) => world.run(text, `agent-${n}`, NOTES)));
      seed = await killDuring(world, wave, { seed, end: firstSeed + rounds, kills });
      const told = kills.join("\n");
      for (const run of wave) {
        const { status, error } = await withinMinutes(5, run.over, told);
        expect(status, `${told}\n${run.runId}: ${JSON.stringify(error)}\n${JSON.stringify(run.seen.slice(-4))}`).toBe(
          "done",
        );
        await expectWhole(run, told);
      }
      finished.push(...wave);
      await expectOnce(world, finished, told);
    }
    expect(kills).toHaveLength(rounds);
  });
});

/** The same for the same seed; every kind of victim has its turn. */
function planOf(seed: number): Kill {
  const random = seededRandom(seed * 7_919);
  const victim = VICTIMS[seed % VICTIMS.length] ?? "server";
  const events = 1 + Math.floor(random() * 12);
  return { seed, victim, events, thenMs: oneOf(random, [0, 5, 50, 300, 1_000]), choice: random() };
}

/** Kills one thing after the other until the wave is over or all kills are done. Returns the next seed. */
async function killDuring(
  world: KillWorld,
  wave: RunWatch[],
  o: { seed: number; end: number; kills: string[] },
): Promise<number> {
  const over = Promise.all(wave.map((run) => run.over)).then(
    () => true,
    () => true,
  );
  for (let seed = o.seed; ; seed += 1) {
    if (seed === o.end) return seed;
    const plan = planOf(seed);
    const { victim, events, thenMs, choice } = plan;
    if (await Promise.race([over, reaches(wave, events)])) return seed;
    await sleep(thenMs);
    const killed = await world.kill(victim, choice);
    const at = wave.map((run) => run.seen.length).join(" and ");
    o.kills.push(`seed ${seed}: ${victim}${killed ? "" : " (there was none)"} at event ${at}, ${thenMs} ms`);
    await world.recover(victim);
  }
}

/** False once the runs of the wave have told so many events more, or nothing for a while. */
async function reaches(wave: RunWatch[], events: number): Promise<false> {
  const count = () => wave.reduce((sum, run) => sum + run.seen.length, 0);
  const from = count();
  for (let last = from, at = performance.now(); count() < from + events; await sleep(5)) {
    if (count() !== last) [last, at] = [count(), performance.now()];
    else if (performance.now() - at > SILENCE_MS) break;
  }
  return false;
}

/** The log holds what was told while it happened, in that order, and each call of a tool began once and ended once. */
async function expectWhole(run: RunWatch, told: string): Promise<void> {
  const log = await run.log();
  const places = (events: FollowedEvent[]) => events.map(({ seq, type }) => `${seq} ${type}`);
  expect(places(run.seen), told).toEqual(places(log).slice(0, run.seen.length));
  for (const kind of ["tool", "subagent"] as const) {
    const began = idsOf(log, `${kind}.started`);
    const ended = idsOf(log, `${kind}.finished`);
    expect(new Set(began).size, told).toBe(began.length);
    expect(ended.toSorted(), told).toEqual(began.toSorted());
    for (const id of began)
      expect(indexOf(log, `${kind}.started`, id)).toBeLessThan(indexOf(log, `${kind}.finished`, id));
  }
  expect(idsOf(log, "tool.started").length).toBeGreaterThan(5);
}

/** Of each run there is one article and one folder, with each file once; no article cites another twice. */
async function expectOnce(world: KillWorld, runs: RunWatch[], told: string): Promise<void> {
  const server = await serverOf(world.home);
  const results = await Promise.all(runs.map(async ({ runId }) => RunResult.parse((await server.run(runId)).result)));
  const articles = await server.articles();
  expect(articles.map(({ id }) => id).toSorted(), told).toEqual(results.map(({ article }) => article?.id).toSorted());
  for (const { id } of articles) {
    const cited = (await server.article(id)).citations.map(({ article }) => article);
    expect(new Set(cited).size, told).toBe(cited.length);
  }
  expect(await readdir(world.reports), told).toHaveLength(runs.length);
  for (const { report, sources } of results) {
    expect(await readFile(String(report), "utf8"), told).toContain("## References");
    const folder = join(String(report), "..");
    expect((await readdir(folder)).toSorted(), told).toEqual([
      ...["evidence.json", "report.md", "run.json", "sources", "verification.json", "verification.md"],
    ]);
    expect(await readdir(join(folder, "sources")), told).toHaveLength(sources.length);
  }
}

function idsOf(log: FollowedEvent[], type: string): string[] {
  return log.flatMap((event) => (event.type === type && "id" in event.data ? [String(event.data.id)] : []));
}

function indexOf(log: FollowedEvent[], type: string, id: string): number {
  return log.findIndex((event) => event.type === type && "id" in event.data && event.data.id === id);
}

async function withinMinutes<T>(most: number, work: Promise<T>, told: string): Promise<T> {
  const late = sleep(minutes(most), undefined, { ref: false }).then(() => {
    throw new Error(`A run is not over after ${most} minutes.\n${told}`);
  });
  return await Promise.race([work, late]);
}
