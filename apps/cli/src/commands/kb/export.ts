import { join, resolve } from "node:path";
import { codeOf, messageOf } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { passOn } from "../../output.js";
import { count } from "../../view/format.js";
import { working } from "../../view/working.js";
import { writeOut } from "../../write-out.js";

/** How the files of each format end; PDF and DOCX are not for terminals. */
const EXTENSIONS = {
  markdown: "md",
  html: "html",
  pdf: "pdf",
  docx: "docx",
  bibtex: "bib",
  "csl-json": "json",
} as const;
type Format = keyof typeof EXTENSIONS;
export const EXPORT_FORMATS = Object.keys(EXTENSIONS) as Format[];

export interface ExportOptions {
  readonly format: Format;
  readonly out?: string;
  readonly all?: string;
}

/** `vibewriter kb export ARTICLE` or `--all FOLDER`: exit code 1 when an article of all could not be written; the others are. */
export async function kbExport(context: Context, article: string | undefined, o: ExportOptions): Promise<ExitCode> {
  if (o.all !== undefined) {
    if (article === undefined && o.out === undefined) return await exportAll(context, o.all, o.format);
    throw new UsageError("--all takes all articles into its folder; leave out the article and --out.");
  }
  if (article === undefined) throw new UsageError("Name an article, or a folder for all of them with --all.");
  const { terminal } = context;
  const { format, out } = o;
  if (out === undefined && terminal.json) {
    throw new UsageError("With --json an export goes into a file; name it with -o FILE.");
  }
  const isBinary = format === "pdf" || format === "docx";
  if (out === undefined && isBinary && terminal.streams.stdout.isTTY) {
    throw new UsageError(`A terminal cannot show ${format}; name a file with -o FILE.`);
  }
  const bytes = await (await connect(context)).kbFiles.export(article, format);
  if (out === undefined) {
    await passOn(terminal.streams).write("stdout", Buffer.from(bytes));
    return EXIT.done;
  }
  const path = resolve(context.cwd, out);
  await writeOut(path, bytes);
  if (terminal.json) terminal.printJson({ file: path, format, bytes: bytes.length });
  else terminal.note(`Wrote ${plain(path)}.`);
  return EXIT.done;
}

async function exportAll(context: Context, folder: string, format: Format): Promise<ExitCode> {
  const { terminal } = context;
  const client = await connect(context);
  const path = resolve(context.cwd, folder);
  const articles = await client.articles();
  let written = 0;
  let failed = 0;
  using interrupted = interruption();
  using _shown = working(terminal, "Exporting", () => `${written} of ${count(articles.length, "article")}`);
  for (const { id } of articles) {
    if (interrupted.signal.aborted) return EXIT.interrupted;
    const bytes = await client.kbFiles.export(id, format).catch((error: unknown) => {
      // One that has no such file keeps nobody from the others.
      if (codeOf(error) !== "export_failed") throw error;
      terminal.warn(plain(messageOf(error)));
      failed += 1;
    });
    if (bytes === undefined) continue;
    await writeOut(join(path, `${id}.${EXTENSIONS[format]}`), bytes);
    written += 1;
  }
  if (terminal.json) terminal.printJson({ folder: path, format, articles: written, failed });
  else terminal.print(`${count(written, "article")} in ${plain(path)}${failed > 0 ? `, ${failed} not written` : ""}.`);
  return failed > 0 ? EXIT.failed : EXIT.done;
}
