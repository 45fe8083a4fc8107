import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { printVm } from "../../view/vm.js";
import { working } from "../../view/working.js";

/** What is done to a VM as a whole, and how it is said while it is done and afterwards. */
const CHANGES = {
  start: ["Starting", "Started"],
  resume: ["Resuming", "Resumed"],
  stop: ["Stopping", "Stopped"],
  suspend: ["Suspending", "Suspended"],
} as const;
export type Change = keyof typeof CHANGES;

/** `vibewriter vm start|resume|stop|suspend VM`. It is not left half done: Ctrl-C only ends the waiting for it. */
export async function vmChange(context: Context, change: Change, id: string): Promise<ExitCode> {
  const { vms } = await connect(context);
  const [doing, done] = CHANGES[change];
  const changed = change === "resume" ? vms.start(id) : vms[change](id);
  printVm(context, done, await shown(context, doing, changed));
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
