// A hundred runs open at once, with a model that takes 2 to 10 s for each answer, the VMs included: the server of a home of its own, its
// queue and its worker, through its socket as any client. What a step costs is the CPU time of the worker's process, all its threads,
// over what deepagents alone takes for the same steps; the VMs' and nats-server's are told beside it.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ensureServer, stopServer } from "../../apps/server/dist/index.js";
import { inParallel, row } from "../measure.mjs";
import { CpuWatch } from "./load/cpu.mjs";
import { openModel } from "./load/model.mjs";
import { requestOf, sourceOf, stepsOfARun } from "./load/script.mjs";

const run = promisify(execFile);
const RUNS = Number(process.env.VIBEWRITER_LOAD_RUNS ?? 100);
const SEED = Number(process.env.VIBEWRITER_LOAD_SEED ?? 1);
const AT_ONCE = 100;
const DEADLINE_MS = 45 * 60_000;
const RUN_STATES_AT_REST = ["done", "failed", "cancelled", "interrupted", "waiting"];

export async function loadRows() {
  const model = await openModel(SEED);
  try {
    console.error(`load: deepagents alone, ${RUNS} runs`);
    const bare = await measureBare(model);
    console.error(`load: ${RUNS} runs in VMs, seed ${SEED}`);
    return rowsOf(bare, await measureRuns(model));
  } finally {
    await model.close();
  }
}

async function measureBare(model) {
  const program = fileURLToPath(new URL("load/bare.mjs", import.meta.url));
  const env = { ...process.env, ...model.keys };
  const { stdout } = await run(process.execPath, [program, String(RUNS), String(AT_ONCE)], {
    env,
    timeout: DEADLINE_MS,
  });
  const { cpuMs, finished } = JSON.parse(stdout);
  model.take();
  if (finished !== RUNS) throw new Error(`Only ${finished} of ${RUNS} runs of deepagents alone have finished.`);
  return cpuMs / (RUNS * stepsOfARun);
}

async function measureRuns(model) {
  const home = await openHome();
  const env = { ...process.env, VIBEWRITER_RUNS_AT_ONCE: String(AT_ONCE), VIBEWRITER_IDLE_SECONDS: "3600" };
  const watch = new CpuWatch(home);
  try {
    const server = await ensureServer(home, { env, timeoutMs: 600_000 });
    // The first run builds the templates of its VMs, which all others share.
    await finish(server, [await start(server, home, model, 0)]);
    model.take();
    const before = watch.now();
    const started = Date.now();
    const ids = await inParallel(RUNS, 8, (n) => start(server, home, model, n + 1));
    const open = (await server.runs()).filter(({ status }) => !RUN_STATES_AT_REST.includes(status)).length;
    const runs = await finish(server, ids);
    const wallMs = Date.now() - started;
    const after = watch.now();
    const cpu = Object.fromEntries(Object.entries(after).map(([kind, ms]) => [kind, ms - before[kind]]));
    const calls = await callsOf(server, ids);
    const articles = (await server.articles()).length - 1;
    return { runs, open, wallMs, cpu, calls, articles, ...model.take() };
  } finally {
    watch.end();
    await stopServer(home);
    await rm(home, { recursive: true, force: true });
  }
}

async function openHome() {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const home = await mkdtemp(join(tmpdir(), "vw-"));
  await cp(join(real, "setup.json"), join(home, "setup.json"));
  await symlink(join(real, "cache"), join(home, "cache"));
  await mkdir(join(home, "sources"));
  return home;
}

async function start(server, home, model, harbour) {
  const source = join(home, "sources", `${harbour}.md`);
  await writeFile(source, sourceOf(harbour));
  const request = {
    kind: "research",
    request: requestOf(harbour),
    sources: [source],
    model: "openai:load",
    out: join(home, "reports"),
    yes: true,
    agentId: `harbour-${harbour}`,
  };
  return (await server.startRun(request, model.keys)).runId;
}

async function finish(server, ids) {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const runs = (await server.runs()).filter(({ runId }) => ids.includes(runId));
    if (runs.every(({ status }) => RUN_STATES_AT_REST.includes(status))) {
      const failed = runs.find(({ status }) => status !== "done");
      if (failed) console.error(`load: run ${failed.runId} is ${failed.status}: ${failed.error?.message}`);
      return runs;
    }
    if (Date.now() > deadline) throw new Error(`The runs did not finish within ${DEADLINE_MS / 60_000} minutes.`);
    await sleep(2_000);
  }
}

/** Tool calls that started or finished more than once, or started and never finished. */
async function callsOf(server, ids) {
  let wrong = 0;
  for (const id of ids) {
    const times = new Map();
    for await (const event of server.events(id)) {
      if (event.type !== "tool.started" && event.type !== "tool.finished") continue;
      const key = `${event.type} ${event.data.id}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    const started = [...times.keys()].filter((key) => key.startsWith("tool.started "));
    const unfinished = started.filter((key) => !times.has(key.replace("started", "finished")));
    wrong += unfinished.length + [...times.values()].filter((count) => count > 1).length;
  }
  return wrong;
}

function rowsOf(bareMs, { runs, open, wallMs, cpu, calls, articles, asked, atOnce }) {
  // Those that were taken: a run that fails takes fewer, and must not make the others cheap.
  const steps = [...asked.values()].reduce((sum, times) => sum + times, 0);
  const perStep = cpu.worker / steps;
  const done = runs.filter(({ status }) => status === "done").length;
  const again = steps - asked.size;
  return [
    row("load.open_at_once", open, "runs", null),
    row("load.active_at_once", atOnce, "runs", { atLeast: Math.min(50, RUNS) }),
    row("load.finished", done, "runs", { atLeast: RUNS }),
    row("load.lost", RUNS - articles, "articles", { atMost: 0 }),
    row("load.done_twice", calls + again + Math.max(0, articles - RUNS), "calls", { atMost: 0 }),
    row(
      "load.cpu_per_step_over_bare",
      perStep - bareMs,
      "ms",
      { atMost: 60 },
      { name: "deepagents alone", value: bareMs },
    ),
    row("load.cpu_per_step_worker", perStep, "ms", null),
    row("load.cpu_per_step_nats", cpu["nats-server"] / steps, "ms", null),
    row("load.cpu_per_run_qemu", cpu.qemu / RUNS, "ms", null),
    row("load.wall", wallMs / 1_000, "s", null),
  ];
}
