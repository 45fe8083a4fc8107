import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { printVm } from "../../view/vm.js";
import { working } from "../../view/working.js";

/** `vibewriter vm start VM`. */
export async function vmStart(context: Context, id: string): Promise<ExitCode> {
  const { vms } = await connect(context);
  const vm = await shown(context, "Starting", vms.start(id));
  printVm(context, "Started", vm);
  return EXIT.done;
}

/** `vibewriter vm stop VM`: its disk stays. */
export async function vmStop(context: Context, id: string): Promise<ExitCode> {
  const { vms } = await connect(context);
  const vm = await shown(context, "Stopping", vms.stop(id));
  printVm(context, "Stopped", vm);
  return EXIT.done;
}

/** `vibewriter vm destroy VM`: ends it and deletes its disk. */
export async function vmDestroy(context: Context, id: string): Promise<ExitCode> {
  const { vms } = await connect(context);
  await shown(context, "Destroying", vms.destroy(id));
  if (context.terminal.json) context.terminal.printJson({ destroyed: id });
  else context.terminal.print(`Destroyed ${plain(id)}.`);
  return EXIT.done;
}

async function shown<T>(context: Context, what: string, work: Promise<T>): Promise<T> {
  using _shown = working(context.terminal, what);
  return await work;
}
