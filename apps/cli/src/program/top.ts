import type { Command } from "commander";
import { type TopOptions, top } from "../commands/top.js";
import type { Context } from "../context.js";
import { add, example } from "./command.js";

/** `vibewriter top`; the action hands its exit code to `done`. */
export function addTopCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "top", "show what the home is at, redrawn in place: runs, workers, microVMs, the queue; q leaves")
    .option("--once", "show it once")
    .addHelpText("after", example("vibewriter top", "vibewriter top --json"))
    .action(async (o: TopOptions) => done(await top(context, o)));
}
