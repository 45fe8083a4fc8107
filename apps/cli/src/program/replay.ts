import type { Command } from "commander";
import { replay } from "../commands/replay.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter replay`. */
export function addReplayCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "replay", "repeat a run from what it has read then: no network, nothing is published")
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .option("--model <name>", "another model than the run had")
    .option("--out <folder>", "where the report's folder is made", "reports")
    .addHelpText("after", example("vibewriter replay RUN"))
    .action(async (run: string, o: { model?: string; out: string }) => done(await replay(context, run, o)));
}
