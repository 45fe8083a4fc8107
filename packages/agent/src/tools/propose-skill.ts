import { tool } from "langchain";
import { z } from "zod";
import { AgentError } from "../errors.js";
import { askInGraph } from "../policy/ask.js";
import { permit } from "../policy/permit.js";
import { quoted, visibleText } from "../sanitize.js";
import { SKILL_FILE } from "../skills/rules.js";
import { type RawFile, type Skill, SkillName, skillOf, testCommand } from "../skills/skill.js";
import { keepSkillSecrets } from "../skills/skill-door.js";
import { withoutTest } from "../skills/skill-library.js";
import type { SkillTest } from "../skills/skill-record.js";
import type { ToolContext } from "./context.js";
import { Refusal } from "./refusal.js";

/** What a model waits for; a person may let the test run longer. */
const TEST_MS = 120_000;
const SHOWN_OUTPUT = 2_000;

const File = z.object({
  path: z.string().min(1).max(200).describe("Below the skill's folder, such as count.mjs or test/count.test.mjs"),
  content: z.string().max(1_048_576),
});

/** `propose_skill`: keeps what the agent has just worked out, for a person to decide whether later runs have it. */
export function proposeSkill(context: ToolContext) {
  return tool(
    async ({ name, description, instructions, files }, config) => {
      const skill = taken(() => skillOf(raw({ name, description, instructions, files }), { folder: name }));
      if (testCommand(skill.files) === undefined) throw new Refusal("invalid_argument", withoutTest(name));
      const propose = () => testedAndProposed(context, skill, { name, description, signal: config?.signal });
      const call: string | undefined = config?.toolCall?.id;
      if (call === undefined) return await propose();
      // A run that repeats this one is told the same, and proposes nothing.
      return await context.answers.of("propose_skill", { call }, async () => ({
        text: await propose(),
        isWhole: true,
      }));
    },
    {
      name: "propose_skill",
      description:
        "Proposes a skill made of what you have just worked out, so that later runs can do it again: instructions, scripts and a test. " +
        "The test is run first, in a machine that has nothing but the skill's files, and has to pass. A person decides; nothing is " +
        "installed before. Returns {proposed, state, hash, test}.",
      schema: z.object({
        name: SkillName.describe("Lower-case words with hyphens, such as count-words"),
        description: z
          .string()
          .trim()
          .min(1)
          .max(1_024)
          .describe("What it does and when to use it, in a sentence or two"),
        instructions: z.string().min(1).max(100_000).describe("The text of SKILL.md, Markdown without front matter"),
        files: z
          .array(File)
          .min(1)
          .max(63)
          .describe(
            "Scripts, and a test: test/run.sh, test/*.test.mjs (node:test) or test/test_*.py (unittest), run in the skill's folder",
          ),
      }),
    },
  );
}

/** @throws Refusal `replayed`, and those of `permit` */
async function testedAndProposed(
  context: ToolContext,
  skill: Skill,
  { signal, ...args }: { name: string; description: string; signal: AbortSignal | undefined },
): Promise<string> {
  if (context.replays !== undefined)
    throw new Refusal("replayed", `This run repeats ${context.replays}: it proposes no skill.`);
  const test = await testedInTime(context, skill, signal);
  if (test?.passed === false) return JSON.stringify({ proposed: false, hash: skill.hash, test: shown(test) });
  await mayPropose(context, skill, args);
  await context.fence.check();
  const outcome = await proposed(() => context.skills.propose(skill, test));
  return JSON.stringify({
    proposed: outcome === "proposed",
    state: outcome,
    hash: skill.hash,
    test: test && shown(test),
  });
}

/**
 * What came of the skill's test, in what the run has left of its time, and of that in VMs.
 * @throws Refusal `over_budget` where that is not enough
 */
async function testedInTime(
  context: ToolContext,
  skill: Skill,
  signal: AbortSignal | undefined,
): Promise<SkillTest | undefined> {
  const { commandSecondsLeft, vmSpent } = context.vmTime;
  const timeoutMs = Math.min(TEST_MS, Math.floor(commandSecondsLeft * 1000));
  const tooShort = (cause?: unknown) =>
    new Refusal("over_budget", "The run has no time left for the skill's test: go on without it.", { cause });
  if (timeoutMs <= 0) throw tooShort();
  using _taken = context.vmTime.startInVm(`test.${skill.hash}`);
  try {
    const signals = signal === undefined ? [vmSpent] : [signal, vmSpent];
    return await context.skills.tryOut(skill, { timeoutMs, signal: AbortSignal.any(signals) });
  } catch (error) {
    if (signal?.aborted || !vmSpent.aborted) throw error;
    throw tooShort(error);
  }
}

/** A skill outlives its run: one by an agent that has seen text from outside is not even put before later ones without a person. */
async function mayPropose(
  context: ToolContext,
  skill: Skill,
  args: { name: string; description: string },
): Promise<void> {
  keepSkillSecrets(context, skill);
  await permit(
    context,
    {
      operation: "propose_skill",
      tool: "propose_skill",
      args,
      names: { hash: skill.hash },
      effectKey: `skill:${context.runId}:${skill.hash}`,
      question: `Keep the skill ${args.name} as a proposal: ${quoted(args.description, 200)}?`,
    },
    askInGraph,
  );
}

function raw(o: { name: string; description: string; instructions: string; files: z.infer<typeof File>[] }): RawFile[] {
  // JSON is YAML: whatever the description says, it stays one value.
  const description = JSON.stringify(visibleText(o.description).replace(/\s+/g, " "));
  const main = `---\nname: ${o.name}\ndescription: ${description}\n---\n\n${o.instructions.trim()}\n`;
  const files = [{ path: SKILL_FILE, content: main }, ...o.files];
  return files.map(({ path, content }) => ({ path, executable: path.endsWith(".sh"), bytes: Buffer.from(content) }));
}

function taken(make: () => Skill): Skill {
  try {
    return make();
  } catch (error) {
    throw answered(error);
  }
}

async function proposed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw answered(error);
  }
}

/** What is wrong with the skill is an answer to the model. */
function answered(error: unknown): unknown {
  if (!(error instanceof AgentError) || !["invalid_skill", "skill_exists"].includes(error.code)) return error;
  return new Refusal("invalid_argument", error.message, { cause: error });
}

function shown({ passed, exitCode, timedOut, output }: SkillTest) {
  return { passed, exit_code: exitCode, timed_out: timedOut, output: output.slice(-SHOWN_OUTPUT) };
}
