import type { Command } from "commander";
import { style } from "../commands/style.js";
import type { Context } from "../context.js";
import { add, example } from "./command.js";

/** `vibewriter style`; the action hands its exit code to `done`. */
export function addStyleCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "style", "format your own draft as a style guide says, or check that a rewrite of it says the same")
    .argument("<draft>", "a Markdown file")
    .option("--guide <guide>", "technical, academic, conversational, defi-report, or a file of your own")
    .option("--check <before>", "the draft as it was: say what is said otherwise now")
    .option("-o, --out <file>", "where the formatted draft goes; standard output if it is not said")
    .addHelpText(
      "after",
      example(
        "vibewriter style draft.md --guide academic -o styled.md",
        "vibewriter style rewritten.md --check draft.md",
      ),
    )
    .action(async (draft: string, o) => done(await style(context, draft, o)));
}
