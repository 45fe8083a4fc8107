import type { Command } from "commander";
import { worker, workerList } from "../commands/worker.js";
import type { Context } from "../context.js";
import { wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter worker ...`; each action hands its exit code to `done`. */
export function addWorkerCommands(program: Command, context: Context, done: (code: number) => void): void {
  const group = add(
    program,
    "worker",
    "drive runs of the pool at NATS_URL on this machine, in the foreground, with the keys of this environment; Ctrl-C hands them back",
  )
    .option("--runs <n>", "at most so many at once", wholeNumber(1, 256))
    .addHelpText("after", example("NATS_URL=nats://10.0.0.5:4222 vibewriter worker --runs 4", "vibewriter worker list"))
    .action(async (o: { runs?: number }) => done(await worker(context, o.runs)));
  add(group, "list", "list the workers and what they serve")
    .addHelpText("after", example("vibewriter worker list --json"))
    .action(async () => done(await workerList(context)));
}
