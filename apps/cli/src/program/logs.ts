import { LEVELS } from "@vibewriter/server";
import { type Command, Option } from "commander";
import { type LogsOptions, logs } from "../commands/logs.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter logs`; the action hands its exit code to `done`. */
export function addLogsCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "logs", "show the log of the home's server, also when none runs")
    .option("-f, --follow", "go on with what is written, until Ctrl-C; with --json one object a line")
    .addOption(new Option("--level <level>", "what is at least so grave").choices(LEVELS).default("debug"))
    .option("--run <run>", "what is about one run", idFrom("vibewriter runs"))
    .addHelpText("after", example("vibewriter logs --level warn", "vibewriter logs --follow --run RUN"))
    .action(async (o: LogsOptions) => done(await logs(context, o)));
}
