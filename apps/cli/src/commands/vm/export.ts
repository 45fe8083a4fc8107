import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { type ExitCode, UsageError } from "../../exit.js";
import { longWork } from "../../long-work.js";
import { bytesText } from "../../view/format.js";
import { printVm } from "../../view/vm.js";

/** `vibewriter vm export VM FILE`: its disk in one file, to be imported here or on another machine. */
export async function vmExport(context: Context, id: string, file: string): Promise<ExitCode> {
  const path = fileOf(context, file);
  const { vms } = await connect(context);
  return longWork(context, "Exporting", async (signal) => {
    const exported = await vms.export(id, path, { signal });
    if (context.terminal.json) context.terminal.printJson({ exported: id, ...exported });
    else context.terminal.print(`Exported ${plain(id)} to ${plain(exported.file)}, ${bytesText(exported.bytes)}.`);
  });
}

/** `vibewriter vm import FILE`: a stopped VM with the disk that is in the file. */
export async function vmImport(context: Context, file: string, o: { id?: string }): Promise<ExitCode> {
  const path = fileOf(context, file);
  if (!(await isFile(path))) throw new UsageError(`There is no file ${plain(file)}; check the path.`);
  const { vms } = await connect(context);
  return longWork(context, "Importing", async (signal) => {
    printVm(context, "Imported", await vms.import({ file: path, id: o.id }, { signal }));
  });
}

function fileOf({ cwd }: Context, file: string): string {
  if (file === "") throw new UsageError("The path of the file is empty; name the file.");
  return resolve(cwd, file);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined); // What cannot be looked at cannot be read either.
  return found?.isFile() ?? false;
}
