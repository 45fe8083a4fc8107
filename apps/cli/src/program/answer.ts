import type { Command } from "commander";
import { answer } from "../commands/answer.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter runs answer`. */
export function addAnswerCommand(runs: Command, context: Context, done: (code: number) => void): void {
  add(runs, "answer", "answer what a run asks about its request, and follow it")
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .argument("<text>", "the answer")
    .addHelpText("after", example('vibewriter runs answer RUN "Base the layer-2 network"'))
    .action(async (run: string, text: string) => done(await answer(context, run, text)));
}
