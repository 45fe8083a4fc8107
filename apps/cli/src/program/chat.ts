import { MODEL_NAMES } from "@vibewriter/agent/runs";
import type { Command } from "commander";
import { type ChatOptions, chat } from "../commands/chat.js";
import { plan } from "../commands/plan.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter chat` and `vibewriter runs plan`; each action hands its exit code to `done`. */
export function addChatCommands(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "chat [agent]", "talk with an agent, in the one conversation that it keeps")
    .option("--message <text>", "say this and print the answer; else standard input, or a prompt on a terminal")
    .option("--sources <path...>", "files, folders and articles, choir:ID, to read from now on")
    .option("--model <name>", `${MODEL_NAMES}, from now on`)
    .option("--out <folder>", "where the folder of its reports is made, when the conversation begins", "reports")
    .option("--yes", "with --message: publish one report without asking")
    .addHelpText(
      "after",
      example("vibewriter chat", 'vibewriter chat --sources notes/ --message "What do the notes say about risk?"'),
    )
    .action(async (agent: string | undefined, o: ChatOptions) => done(await chat(context, agent, o)));
  const runs = program.commands.find((command) => command.name() === "runs");
  if (runs === undefined) throw new Error("The command runs is missing.");
  add(runs, "plan", "show the plan of a run, or give it another one")
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .option("--edit", "edit it with $EDITOR")
    .option("--set <file>", "set it from a file, - for standard input: lines such as '- [ ] Read the sources', or JSON")
    .addHelpText("after", example("vibewriter runs plan RUN --edit"))
    .action(async (run: string, o: { edit?: boolean; set?: string }) => done(await plan(context, run, o)));
}
