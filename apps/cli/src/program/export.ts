import { REPORT_FORMATS } from "@vibewriter/agent/runs";
import { type Command, Option } from "commander";
import { exportRecording, exportReport } from "../commands/export.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** How a report can cite. */
export const CITATIONS = ["numbered", "apa", "mla", "chicago-author-date", "chicago-notes", "ieee", "acm"] as const;

/** `vibewriter export`; the action hands its exit code to `done`. */
export function addExportCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(
    program,
    "export",
    "write the report of a run as a file, after a style guide and in a citation format; or the run as a folder to repeat",
  )
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .addOption(
      new Option("--format <format>", "what kind of file; recording: a folder")
        .choices([...REPORT_FORMATS, "recording"])
        .default("markdown"),
    )
    .addOption(new Option("--citations <style>", "how it cites; default: as the guide has it").choices(CITATIONS))
    .option("--guide <guide>", "technical, academic, conversational, defi-report, a file of your own, or choir:ID")
    .option("-o, --out <file>", "where to; standard output if it is not said")
    .addHelpText(
      "after",
      example(
        "vibewriter export RUN --format pdf --citations apa --guide academic -o report.pdf",
        "vibewriter export RUN --format bibtex -o references.bib",
        "vibewriter export RUN --format recording -o run-1 && vibewriter replay ./run-1",
      ),
    )
    .action(async (run: string, o) =>
      done(await (o.format === "recording" ? exportRecording : exportReport)(context, run, o)),
    );
}
