// A process that owns a home, makes one step with one of its VMs, and is killed in the middle of it or right after it.
import { randomBytes } from "node:crypto";
import { dieAfter, instrument } from "./effects.js";
import { oneOf, seededRandom } from "./random.js";

export type Step = "create" | "snapshot" | "stop" | "start" | "suspend" | "resume" | "fork" | "destroy";

/** What it says, a line each: what has been answered, what it begins, and that it came to its end. */
export type Word =
  | { answered: { vm: string; path: string; content: string } }
  | { begins: { step: Step; vm: string; makes?: string } }
  | { ended: true };

export interface CrashPlan {
  home: string;
  image: unknown;
  template: unknown;
  seed: number;
  /** The step to be cut off. */
  step: Step;
  /** After how many effects on the host, and how long after that. */
  effects: number;
  thenMs: number;
}

instrument();
const { MicroVMs } = await import("../../src/index.js");
const plan: CrashPlan = JSON.parse(process.argv[2] ?? "{}");
const random = seededRandom(plan.seed);
const say = (word: Word) => process.stdout.write(`${JSON.stringify(word)}\n`);

const vms = await MicroVMs.open({ home: plan.home, image: plan.image as never });
const makes = `made-${plan.seed}`;
const diskMiB = 64;
if (vms.list().length === 0) await vms.create({ id: `base-${plan.seed}`, template: plan.template as never, diskMiB });
const id = oneOf(
  random,
  vms.list().map((vm) => vm.id),
);
const vm = await vms.get(id);
const path = `/workspace/${plan.seed}`;
const content = randomBytes(8).toString("hex");
await vm.files.write(path, Buffer.from(content), { parents: true });
say({ answered: { vm: id, path, content } });
if (plan.step === "start") await vm.stop();
if (plan.step === "resume") await vm.suspend();

const isMaking = plan.step === "create" || plan.step === "fork";
say({ begins: { step: plan.step, vm: id, makes: isMaking ? makes : undefined } });
dieAfter(plan.effects, plan.thenMs);
await take(plan.step);
say({ ended: true });
process.kill(process.pid, "SIGKILL");

async function take(step: Step): Promise<unknown> {
  switch (step) {
    case "create":
      return vms.create({ id: makes, template: plan.template as never, diskMiB });
    case "snapshot":
      return vms.snapshot(id, makes);
    case "stop":
      return vm.stop();
    case "start":
      return vm.start();
    case "suspend":
      return vm.suspend();
    case "resume":
      return vm.resume();
    case "fork":
      return vms.fork({ vm: id }, { id: makes });
    case "destroy":
      return vm.destroy();
  }
}
