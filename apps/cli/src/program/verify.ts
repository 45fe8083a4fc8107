import { type Command, InvalidArgumentError } from "commander";
import { verifyDraft } from "../commands/verify/draft.js";
import { verifyEval } from "../commands/verify/evaluate.js";
import type { Context } from "../context.js";
import { UsageError } from "../exit.js";
import { add, example } from "./command.js";

interface VerifyOptions {
  readonly eval?: string;
  readonly threshold: number;
  readonly sources?: string[];
  readonly output?: string;
  readonly repair?: string;
  readonly model?: string;
}

/** `vibewriter verify`; the action hands its exit code to `done`. */
export function addVerifyCommands(program: Command, context: Context, done: (code: number) => void): void {
  add(program, "verify", "check a draft against its sources as publishing does, or measure that check on labelled rows")
    .argument("[draft]", "the Markdown file of a draft that cites [S1], [S2], …")
    .option("--sources <path...>", "files and folders that the draft cites, numbered in their order as by publish")
    .option("-o, --output <folder>", "write verification.json, and verification.md to be read, into it")
    .option("--repair <file>", "write the draft into it with what does not hold mended or removed, and check that")
    .option("--model <name>", "have a model judge what code leaves to judgement, such as openai:NAME; else text only")
    .option("--eval <file>", 'a JSONL file of {"claim", "reference", "label": "attributable" or "not attributable"}')
    .option("--threshold <score>", "with --eval: from which score on a row counts as attributable, 0 to 1", score, 0.5)
    .addHelpText(
      "after",
      example(
        "vibewriter verify draft.md --sources notes/ -o check/",
        "vibewriter verify draft.md --sources notes/ --repair mended.md",
        "vibewriter verify --eval rows.jsonl",
        "vibewriter verify --eval rows.jsonl --json",
      ),
    )
    .action(async (draft: string | undefined, { eval: file, threshold, sources, ...o }: VerifyOptions) => {
      if ((draft === undefined) === (file === undefined))
        throw new UsageError("Name a draft and its --sources, or a file of labelled rows with --eval FILE.");
      if (file !== undefined) done(await verifyEval(context, file, { threshold, model: o.model }));
      else if (sources === undefined)
        throw new UsageError("Name what the draft cites with --sources: files and folders, in the order of their ids.");
      else done(await verifyDraft(context, draft ?? "", { sources, ...o }));
    });
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("Give a number from 0 to 1.");
  return value;
}
