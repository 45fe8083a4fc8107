import { type Context, connect } from "../../context.js";
import { download } from "../../copy/download.js";
import { type Place, placeOf } from "../../copy/place.js";
import { Tally } from "../../copy/tally.js";
import { upload } from "../../copy/upload.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { count } from "../../view/format.js";
import { working } from "../../view/working.js";

/** `vibewriter vm cp SRC DST`: one of them is `VM:path`. */
export async function vmCopy(context: Context, from: string, to: string): Promise<ExitCode> {
  const { terminal } = context;
  const source = placeOf(from, context.cwd);
  const target = placeOf(to, context.cwd);
  if ((source.vm === undefined) === (target.vm === undefined))
    throw new UsageError("One of the two paths must be in a VM, written VM:path, and the other on this machine.");
  using interrupted = interruption();
  const tally = new Tally(interrupted.signal);
  try {
    const path = await copy(context, source, target, tally);
    report(context, { vm: target.vm, path }, tally);
    return EXIT.done;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    terminal.warn(`Stopped after ${count(tally.files, "file")}, which stay where they were copied to.`);
    return EXIT.interrupted;
  }
}

async function copy(context: Context, source: Place, target: Place, tally: Tally): Promise<string> {
  const { vms } = await connect(context);
  using _shown = working(context.terminal, "Copying", () => tally.text());
  if (source.vm === undefined && target.vm !== undefined) return await upload(vms, source, target, tally);
  if (source.vm !== undefined && target.vm === undefined) return await download(vms, source, target, tally);
  throw new Error("One of the two paths is in a VM.");
}

function report({ terminal }: Context, to: { vm: string | undefined; path: string }, tally: Tally): void {
  const { files, bytes, skipped } = tally;
  if (terminal.json) terminal.printJson({ ...to, files, bytes, skipped });
  else terminal.print(`Copied ${tally.text()} to ${plain(to.vm === undefined ? to.path : `${to.vm}:${to.path}`)}.`);
  if (skipped === 0) return;
  const others = skipped > tally.named.length ? ` and ${skipped - tally.named.length} more` : "";
  terminal.warn(`Passed over, neither files nor folders: ${tally.named.map(plain).join(", ")}${others}.`);
}
