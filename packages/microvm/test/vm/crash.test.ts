import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { MachineRecord } from "../../src/drivers/driver.js";
import type { MicroVMs } from "../../src/index.js";
import { readManifest } from "../../src/vm/manifest.js";
import type { CrashPlan, Step, Word } from "../support/crash-owner.js";
import { template, temporaryHome, text } from "../support/home.js";
import { bundledProgram, endHard } from "../support/program.js";
import { oneOf, seededRandom } from "../support/random.js";

/** `VIBEWRITER_CRASH_ROUNDS` asks for more of them, `VIBEWRITER_CRASH_SEED` for others. */
const rounds = Number(process.env.VIBEWRITER_CRASH_ROUNDS ?? 10);
const firstSeed = Number(process.env.VIBEWRITER_CRASH_SEED ?? 1);
const roundMs = 60_000;
/** The steps, each with about as many effects on the host as it has. */
const effectsOf: Record<Step, number> = {
  create: 20,
  snapshot: 34,
  stop: 5,
  start: 20,
  suspend: 22,
  resume: 20,
  fork: 44,
  destroy: 5,
};
const steps = Object.keys(effectsOf) as Step[];
/** More than this many VMs from earlier rounds only cost time. */
const keptVms = 3;

/** What is known of each VM: every file that was answered. */
type Known = Map<string, Map<string, string>>;

test(
  `kill -9 of the orchestrator in the middle of anything, ${rounds} times: all VMs answer, no file is lost, nothing is left`,
  async () => {
    await using scratch = await temporaryHome({ templates: "own" });
    await using program = await bundledProgram("crash-owner.ts");
    const known: Known = new Map();
    for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
      const plan = planOf(seed, scratch);
      const words = await runUntilDead(program, plan);
      const told = `seed ${seed}: ${plan.step}, killed ${plan.thenMs} ms after effect ${plan.effects}`;
      await verify(scratch.home, { known, words, told, open: scratch.open });
    }
  },
  rounds * roundMs,
);

/** The same for the same seed; every step has its turn. */
function planOf(seed: number, { home, image }: { home: string; image: unknown }): CrashPlan {
  const random = seededRandom(seed * 7_919);
  const step = steps[seed % steps.length] ?? "create";
  const effects = 1 + Math.floor(random() * effectsOf[step]);
  return { home, image, template, seed, step, effects, thenMs: oneOf(random, [0, 0, 3, 40, 150]) };
}

async function runUntilDead(program: Awaited<ReturnType<typeof bundledProgram>>, plan: CrashPlan): Promise<Word[]> {
  const child = program.start(plan);
  try {
    const words: Word[] = [];
    for await (const line of createInterface({ input: child.stdout })) words.push(JSON.parse(line));
    return words;
  } finally {
    await endHard(child);
  }
}

async function verify(
  home: string,
  o: { known: Known; words: Word[]; told: string; open: () => Promise<MicroVMs> },
): Promise<void> {
  const { known, words, told } = o;
  const begins = words.flatMap((word) => ("begins" in word ? [word.begins] : []))[0];
  expect(begins, `${told}: it came so far`).toBeDefined();
  const hasEnded = words.some((word) => "ended" in word);
  for (const word of words) {
    if (!("answered" in word)) continue;
    const { vm, path, content } = word.answered;
    if (!known.has(vm)) known.set(vm, new Map());
    known.get(vm)?.set(path, content);
  }
  const earlier = await machinesOf(home);
  const vms = await o.open();
  try {
    const there = vms.list().map(({ id }) => id);
    const { step, vm, makes } = begins ?? { step: "stop", vm: "" };
    if (makes !== undefined && (hasEnded || there.includes(makes))) {
      known.set(makes, new Map(step === "fork" ? known.get(vm) : []));
    }
    if (step === "destroy" && (hasEnded || !there.includes(vm))) known.delete(vm);
    expect(there.sort(), `${told}: VMs`).toEqual([...known.keys()].sort());
    for (const [id, files] of known) {
      const lives = await vms.get(id);
      for (const [path, content] of files) {
        expect(text(await lives.files.read(path)), `${told}: ${path} of ${id}`).toBe(content);
      }
    }
    for (const id of [...known.keys()].slice(keptVms)) {
      await vms.destroy(id);
      known.delete(id);
    }
    for (const { name } of await vms.snapshots()) await vms.removeSnapshot(name);
    expect(await leftovers(home, vms, earlier), `${told}: what is left`).toEqual([]);
  } finally {
    await vms.detach();
  }
}

/** What there is in a home or on its host that no VM of it accounts for; of `earlier` machines, those that are no more leave nothing. */
async function leftovers(home: string, vms: MicroVMs, earlier: MachineRecord[]): Promise<string[]> {
  const ids = vms.list().map(({ id }) => id);
  const machines = await machinesOf(home);
  const isOurs = (command: string) => machines.some(({ token }) => command.includes(token));
  const jails = machines.map(({ jail }) => jail);
  const gone = earlier.filter(({ token }) => !machines.some((machine) => machine.token === token));
  const inRun = (await readdir(join(home, "run", "vm"))).map((name) => join(home, "run", "vm", name));
  const files = await Promise.all(
    ids.map(async (id) => {
      const allowed = ["manifest.json", "disk.img", "vmm.log", "saved"];
      return (await readdir(join(home, "vms", id))).filter((name) => !allowed.includes(name));
    }),
  );
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  return [
    ...commandLines().filter((command) => command.includes(home) && !isOurs(command)),
    ...inRun.filter((path) => !jails.includes(path)),
    ...(await readdir(join(home, "vms"))).filter((name) => !ids.includes(name)),
    ...files.flat(),
    ...(await readdir(join(home, "snapshots"))),
    ...(await readdir(join(home, "pool"))),
    ...(await readdir(join(home, "cache", "templates"))).filter((name) => name.includes(".")),
    ...mounts.filter((line) => line.includes(home)),
    ...gone.flatMap(({ jail, cgroups }) => [jail, ...cgroups]).filter(existsSync),
  ];
}

async function machinesOf(home: string): Promise<MachineRecord[]> {
  const ids = await readdir(join(home, "vms"));
  const manifests = await Promise.all(ids.map((id) => readManifest(join(home, "vms", id))));
  return manifests.flatMap((manifest) => manifest?.machine ?? []);
}

/** Of all other processes of this host. */
function commandLines(): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      // It ended between two looks.
      return "";
    }
  });
}
