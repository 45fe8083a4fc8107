import { type Command, InvalidArgumentError } from "commander";
import { verifyEval } from "../commands/verify/evaluate.js";
import type { Context } from "../context.js";
import { UsageError } from "../exit.js";
import { add, example } from "./command.js";

/** `vibewriter verify`; the action hands its exit code to `done`. */
export function addVerifyCommands(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "verify", "measure the check of citations on labelled rows")
    .option("--eval <file>", 'a JSONL file of {"claim", "reference", "label": "attributable" or "not attributable"}')
    .option("--threshold <score>", "with --eval: from which score on a row counts as attributable, 0 to 1", score, 0.5)
    .addHelpText("after", example("vibewriter verify --eval rows.jsonl", "vibewriter verify --eval rows.jsonl --json"))
    .action(async ({ eval: file, threshold }: { eval?: string; threshold: number }) => {
      if (file === undefined) throw new UsageError("Name a file of labelled rows with --eval FILE.");
      done(await verifyEval(context, file, { threshold }));
    });
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("Give a number from 0 to 1.");
  return value;
}
