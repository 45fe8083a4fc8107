import type { Command } from "commander";
import { replay } from "../commands/replay.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter replay`. */
export function addReplayCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(
    program,
    "replay",
    "repeat a run from what it read and what its models answered: no network, nothing is published",
  )
    .argument("<run>", "its id, or the folder of a recording", idFrom("vibewriter runs"))
    .option("--model <name>", "have this model asked anew, in the place of the recorded answers")
    .option("--out <folder>", "where the report's folder is made", "reports")
    .addHelpText(
      "after",
      example("vibewriter replay RUN", "vibewriter replay ./run-1", "vibewriter replay RUN --model offline"),
    )
    .action(async (run: string, o: { model?: string; out: string }) => done(await replay(context, run, o)));
}
