import type { Command } from "commander";
import {
  skillsAdd,
  skillsApprove,
  skillsList,
  skillsPublish,
  skillsReject,
  skillsRemove,
  skillsShow,
  skillsTest,
} from "../commands/skills.js";
import type { Context } from "../context.js";
import { idFrom, seconds } from "./arguments.js";
import { add, example } from "./command.js";

const PROPOSED = ["--proposed", "the one that a run proposes, and not the one that is installed"] as const;

/** `vibewriter skills ...`; each action hands its exit code to `done`. */
export function addSkillsCommands(program: Command, context: Context, done: (code: number) => void): void {
  const named = idFrom("vibewriter skills list");
  const skills = program
    .command("skills")
    .description("what agents can do: skills that are built in, installed, or proposed by a run");
  const command = (usage: string, description: string): Command =>
    add(skills, usage, description).option(
      "--agent <id>",
      "whose skills; default: main",
      idFrom("vibewriter runs --json"),
      "main",
    );
  command("list", "list the skills of an agent, with where they are from and whether their tests passed")
    .addHelpText("after", example("vibewriter skills list --json"))
    .action(async (o) => done(await skillsList(context, o)));
  command("show", "print a skill: what is known of it, and its files")
    .argument("<skill>", "its name", named)
    .option(...PROPOSED)
    .addHelpText("after", example("vibewriter skills show verify-citations", "vibewriter skills show tidy --proposed"))
    .action(async (name: string, o) => done(await skillsShow(context, name, o)));
  command("add", "install a skill from a folder or from the knowledge base, after showing what it is")
    .argument("<source>", "the folder that has its SKILL.md, or choir:ID, or choir:ID@VERSION")
    .option("--replace", "in place of another one of its name")
    .option("--yes", "without asking")
    .addHelpText(
      "after",
      example("vibewriter skills add ./count-words", "vibewriter skills add choir:1f0c9a@9b2e --yes"),
    )
    .action(async (source: string, o) => done(await skillsAdd(context, source, o)));
  command("remove", "remove an installed skill, or a proposal")
    .argument("<skill>", "its name", named)
    .addHelpText("after", example("vibewriter skills remove count-words"))
    .action(async (name: string, o) => done(await skillsRemove(context, name, o)));
  command("test", "run a skill's own test in a microVM that has nothing else")
    .argument("<skill>", "its name", named)
    .option(...PROPOSED)
    .option("--timeout <time>", "how long it may take; default: 2m", seconds(1, 600), 120)
    .addHelpText("after", example("vibewriter skills test count-words", "vibewriter skills test tidy --proposed"))
    .action(async (name: string, o) => done(await skillsTest(context, name, o)));
  command("approve", "install what a run proposes, after showing it")
    .argument("<skill>", "its name", named)
    .option("--yes", "without asking")
    .addHelpText("after", example("vibewriter skills approve tidy"))
    .action(async (name: string, o) => done(await skillsApprove(context, name, o)));
  command("reject", "decline what a run proposes; the same files are not proposed again")
    .argument("<skill>", "its name", named)
    .option("--reason <text>", "why")
    .addHelpText("after", example('vibewriter skills reject tidy --reason "It deletes too much."'))
    .action(async (name: string, o) => done(await skillsReject(context, name, o)));
  command("publish", "publish an installed skill to the knowledge base, signed, for others to install")
    .argument("<skill>", "its name", named)
    .option("--author <name>", "who publishes: an author of yours, or a new one")
    .addHelpText("after", example("vibewriter skills publish count-words --author Ada"))
    .action(async (name: string, o) => done(await skillsPublish(context, name, o)));
}
