import { type Command, Option } from "commander";
import { EXPORT_FORMATS, kbExport } from "../commands/kb/export.js";
import { kbImport } from "../commands/kb/import.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter kb export` and `kb import`; each action hands its exit code to `done`. */
export function addKbFileCommands(kb: Command, context: Context, done: (code: number) => void): void {
  add(kb, "export", "write an article, or all of them, as files")
    .argument(
      "[article]",
      "its id, or the beginning of it; ID@VERSION for an earlier version",
      idFrom("vibewriter kb list"),
    )
    .addOption(new Option("--format <format>", "what kind of file").choices(EXPORT_FORMATS).default("markdown"))
    .option("-o, --out <file>", "where to; standard output if it is not said")
    .option("--all <folder>", "every article, one file each; what is there already is written anew")
    .addHelpText(
      "after",
      example(
        "vibewriter kb export 1f0c9a --format pdf -o tides.pdf",
        "vibewriter kb export --all articles --format html",
      ),
    )
    .action(async (article: string | undefined, o) => done(await kbExport(context, article, o)));
  add(kb, "import", "publish texts that were written elsewhere: nobody checks them here, and nothing is paid for them")
    .argument("<source>", "a folder of Markdown, one such file, or a file of JSON Lines")
    .option("--author <name>", "who signs: an author of yours, or a new one; named where a text names nobody")
    .option("--licence <expression>", "for texts that name none, as SPDX writes it")
    .option("--tag <tag...>", "for all of them, in addition to their own")
    .option("--dry-run", "say what would happen, and write nothing")
    .addHelpText(
      "after",
      example("vibewriter kb import notes --tag tides --dry-run", "vibewriter kb import corpus.jsonl"),
    )
    .action(async (source: string, o) => done(await kbImport(context, source, o)));
}
