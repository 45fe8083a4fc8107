import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { bytesText, count } from "../view/format.js";
import { table } from "../view/table.js";
import { working } from "../view/working.js";

const KINDS = [
  ["disks", "disks of VMs"],
  ["memories", "memories of suspended VMs"],
  ["snapshots", "snapshots"],
  ["templates", "templates"],
  ["images", "images"],
  ["backups", "what was kept before migrations"],
  ["other", "all else"],
  ["total", "together"],
] as const;

/** `vibewriter df`: what takes space in the home. */
export async function df(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { vms } = await connect(context);
  using shown = working(terminal, "Measuring");
  const use = await vms.df();
  shown[Symbol.dispose]();
  if (terminal.json) terminal.printJson(use);
  else {
    const rows = KINDS.map(([kind, words]) => [bytesText(use[kind]).padStart(10), words]);
    for (const line of table(rows, terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}

/** `vibewriter gc`: removes what nobody needs any more, or says what that is. */
export async function gc(context: Context, dryRun: boolean): Promise<ExitCode> {
  const { terminal } = context;
  const { vms } = await connect(context);
  using shown = working(terminal, "Collecting");
  const report = await vms.gc({ dryRun });
  shown[Symbol.dispose]();
  if (terminal.json) {
    terminal.printJson({ ...report, dryRun });
    return EXIT.done;
  }
  for (const { kind, path, bytes } of report.items) terminal.print(`${kind}  ${bytesText(bytes)}  ${plain(path)}`);
  const what = `${count(report.items.length, "thing")}, ${bytesText(report.bytes)}`;
  terminal.print(report.items.length === 0 ? "Nothing to remove." : `${dryRun ? "Would remove" : "Removed"} ${what}.`);
  return EXIT.done;
}
