import { resolve } from "node:path";
import type { ImportReport } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { count } from "../../view/format.js";
import { working } from "../../view/working.js";

export interface ImportOptions {
  readonly author?: string;
  readonly licence?: string;
  readonly tag?: string[];
  readonly dryRun?: boolean;
}

/** `vibewriter kb import PATH`: exit code 1 when a text could not be taken in; the others are. */
export async function kbImport(context: Context, source: string, o: ImportOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { author, licence, tag: tags, dryRun = false } = o;
  const { kbFiles } = await connect(context);
  let soFar: ImportReport | undefined;
  using interrupted = interruption();
  const report = await withProgress();
  if (report === undefined) {
    terminal.warn("Stopped; what was published stays, and the same import goes on from there.");
    return EXIT.interrupted;
  }
  if (terminal.json) terminal.printJson({ dryRun, ...report });
  else {
    for (const { from, problem } of report.problems) terminal.warn(`${plain(from)}: ${plain(problem)}`);
    const rest = report.failed - report.problems.length;
    if (rest > 0) terminal.warn(`And ${rest} more.`);
    terminal.print(`${summary(report, dryRun)}.`);
  }
  return report.failed > 0 ? EXIT.failed : EXIT.done;

  function show(report: ImportReport): void {
    soFar = report;
  }

  async function withProgress(): Promise<ImportReport | undefined> {
    using _shown = working(terminal, "Importing", () => (soFar ? summary(soFar, dryRun) : ""));
    try {
      return await kbFiles.import(
        { path: resolve(context.cwd, source), author, licence, tags, dryRun },
        { signal: interrupted.signal, onProgress: show },
      );
    } catch (error) {
      if (interrupted.signal.aborted) return undefined;
      throw error;
    }
  }
}

function summary({ published, already, failed }: ImportReport, dryRun: boolean): string {
  const parts = [`${count(published, "article")} ${dryRun ? "would be published" : "published"}`];
  if (already > 0) parts.push(`${already} there already`);
  if (failed > 0) parts.push(`${failed} not taken in`);
  return parts.join(", ");
}
