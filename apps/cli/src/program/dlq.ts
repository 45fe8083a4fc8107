import type { Command } from "commander";
import { dlqDrop, dlqList, dlqRetry, dlqShow } from "../commands/dlq.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter dlq ...`; each action hands its exit code to `done`. */
export function addDlqCommands(program: Command, context: Context, done: (code: number) => void): void {
  const id = idFrom("vibewriter dlq list");
  const dlq = program.command("dlq").description("messages and tasks that failed again and again, until you decide");
  add(dlq, "list", "list them").action(async () => done(await dlqList(context)));
  add(dlq, "show", "show one: where it was, why it failed, and what it says")
    .argument("<letter>", "its id", id)
    .addHelpText("after", example("vibewriter dlq show 0a1b2c3d4e5f"))
    .action(async (letter: string) => done(await dlqShow(context, letter)));
  add(dlq, "retry", "try again, after what was mended: a message is applied late, a task is queued again")
    .argument("[letter]", "its id", id)
    .option("--all", "all of them")
    .addHelpText("after", example("vibewriter dlq retry 0a1b2c3d4e5f", "vibewriter dlq retry --all"))
    .action(async (letter: string | undefined, o) => done(await dlqRetry(context, { id: letter, ...o })));
  add(dlq, "drop", "give it up for good")
    .argument("[letter]", "its id", id)
    .option("--all", "all of them")
    .addHelpText("after", example("vibewriter dlq drop 0a1b2c3d4e5f"))
    .action(async (letter: string | undefined, o) => done(await dlqDrop(context, { id: letter, ...o })));
}
