import { isMicroVMError, type MicroVMs, type TemplateSpec } from "@vibewriter/microvm";
import { visibleText } from "../sanitize.js";
import { Slots } from "../slots.js";
import { type Skill, testCommand } from "./skill.js";
import type { SkillTest } from "./skill-record.js";

/** Processes of a test, and what it may print; past that it is cut. */
const MOST_PROCESSES = 256;
const MOST_OUTPUT = 1_048_576;
/** Characters of its end that are kept. */
const KEPT_OUTPUT = 8_000;
/** The machine goes with its test; if this process dies first, it goes so long after the test's own deadline. */
const LIFE_AFTER_SECONDS = 120;

/** What a test of a skill needs: a skill that has one, and how long it may take. */
export interface Trial {
  readonly skill: Skill;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Runs a skill's own test, in the folder of the skill. A test that fails is an answer, whatever it does to its machine. */
export type TryOut = (trial: Trial) => Promise<SkillTest>;

/**
 * Runs the test in a VM that is made for it, without a network, a disk, a bridge, or any file but the skill's, and destroyed after it. One test
 * at a time: a model that proposes several skills at once takes no more of this machine.
 * @param create makes a VM of this machine; @param template what agents work in
 */
export function tryOutIn(create: MicroVMs["create"], template: TemplateSpec): TryOut {
  const turns = new Slots(1);
  return async ({ skill, timeoutMs, signal }) => {
    const argv = testCommand(skill.files);
    if (argv === undefined) throw new Error(`The skill ${skill.name} has no test.`);
    const limits = { processes: MOST_PROCESSES, lifeSeconds: Math.ceil(timeoutMs / 1_000) + LIFE_AFTER_SECONDS };
    using _turn = await turns.take();
    signal?.throwIfAborted();
    // Without a disk, so it is destroyed at the end of this block.
    await using vm = await create({ template, labels: { role: "trial" }, limits });
    const folder = `/skills/${skill.name}`;
    for (const { path, text, executable } of skill.files) {
      const mode = executable ? 0o755 : 0o644;
      await vm.files.write(`${folder}/${path}`, Buffer.from(text), { parents: true, mode });
    }
    const began = performance.now();
    try {
      const done = await vm.exec({ argv, cwd: folder, timeoutMs, maxOutputBytes: MOST_OUTPUT, signal });
      return result({ ...done, output: Buffer.concat([done.stdout, done.stderr]), ms: performance.now() - began });
    } catch (error) {
      // A test that brings its machine down has failed.
      if (!isMicroVMError(error, ...BROUGHT_DOWN)) throw error;
      const output = Buffer.from(`The machine of the test did not survive it: ${error.message}`);
      return result({ exitCode: 137, timedOut: false, output, ms: performance.now() - began });
    }
  };
}

const BROUGHT_DOWN = ["connection_lost", "stopped", "expired", "timed_out"] as const;

function result(o: { exitCode: number; timedOut: boolean; output: Uint8Array; ms: number }): SkillTest {
  const { exitCode, timedOut } = o;
  const text = visibleText(new TextDecoder().decode(o.output)).trim();
  return {
    passed: exitCode === 0 && !timedOut,
    exitCode,
    timedOut,
    output: text.slice(-KEPT_OUTPUT),
    ms: Math.round(o.ms),
    at: new Date().toISOString(),
  };
}
