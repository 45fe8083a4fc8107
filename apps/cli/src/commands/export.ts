import { resolve } from "node:path";
import type { ReportFormat, ReportStyle } from "@vibewriter/agent/runs";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { namedGuide } from "../guides.js";
import { passOn } from "../output.js";
import { count } from "../view/format.js";
import { writeOut } from "../write-out.js";

export interface ExportOptions {
  readonly format: ReportFormat;
  readonly citations?: ReportStyle["citations"];
  readonly guide?: string;
  readonly out?: string;
}

/** `vibewriter export RUN --format recording -o FOLDER`: what the run read, what its models answered, and its report. */
export async function exportRecording(context: Context, run: string, o: ExportOptions): Promise<ExitCode> {
  const { terminal, cwd } = context;
  if (o.citations !== undefined || o.guide !== undefined) {
    throw new UsageError("A recording is the run as it was; leave --citations and --guide out.");
  }
  if (o.out === undefined) throw new UsageError("A recording is a folder; name a new one with -o FOLDER.");
  const folder = resolve(cwd, o.out);
  const calls = await (await connect(context)).recordings.write(run, folder);
  if (terminal.json) terminal.printJson({ folder, calls });
  else
    terminal.note(
      `Wrote ${count(calls, "model call")} and what was read to ${plain(folder)}; repeat it with vibewriter replay.`,
    );
  return EXIT.done;
}

/** `vibewriter export RUN`: the report that was checked, in another form. */
export async function exportReport(context: Context, run: string, o: ExportOptions): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const { format, citations, out } = o;
  const isBinary = format === "pdf" || format === "docx";
  if (out === undefined && terminal.json) {
    throw new UsageError("With --json an export goes into a file; name it with -o FILE.");
  }
  if (out === undefined && isBinary && terminal.streams.stdout.isTTY) {
    throw new UsageError(`A terminal cannot show ${format}; name a file with -o FILE.`);
  }
  const client = await connect(context);
  const guide = o.guide === undefined ? undefined : await namedGuide(context, client, o.guide);
  const bytes = await client.reports.make(run, { format, citations, guide });
  if (out === undefined) {
    await passOn(terminal.streams).write("stdout", Buffer.from(bytes));
    return EXIT.done;
  }
  const path = resolve(cwd, out);
  await writeOut(path, bytes);
  if (terminal.json) terminal.printJson({ file: path, format, bytes: bytes.length });
  else terminal.note(`Wrote ${plain(path)}.`);
  return EXIT.done;
}
