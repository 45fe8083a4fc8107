import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { longWork } from "../../long-work.js";
import { age, bytesText } from "../../view/format.js";
import { table } from "../../view/table.js";
import { mib, printVm } from "../../view/vm.js";

/** `vibewriter vm snapshot VM NAME`: keeps the VM as it is now. */
export async function vmSnapshot(context: Context, id: string, name: string): Promise<ExitCode> {
  const { vms } = await connect(context);
  return longWork(context, "Taking a snapshot", async (signal) => {
    const snapshot = await vms.snapshot(id, name, { signal });
    const what = snapshot.hasMemory ? "its disk and its processes" : "its disk";
    if (context.terminal.json) context.terminal.printJson({ snapshot });
    else context.terminal.print(`Kept ${plain(id)} as ${plain(name)}: ${what}, ${bytesText(snapshot.bytes)}.`);
  });
}

/** `vibewriter vm snapshots`. */
export async function vmSnapshots(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const snapshots = await (await connect(context)).vms.snapshots();
  if (terminal.json) {
    terminal.printJson({ snapshots });
  } else if (snapshots.length === 0) {
    terminal.print("No snapshots yet; make one with vibewriter vm snapshot VM NAME.");
  } else {
    const rows = snapshots.map((one) => [
      ...[plain(one.name), plain(one.vm), one.hasMemory ? "yes" : "no", mib(one.memoryMiB)],
      ...[one.diskMiB === undefined ? "none" : mib(one.diskMiB), bytesText(one.bytes), age(one.createdAt, Date.now())],
    ]);
    const head = ["SNAPSHOT", "OF", "PROCESSES", "MEMORY", "DISK", "TAKES", "AGE"];
    for (const line of table([head, ...rows], terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}

/** `vibewriter vm rm-snapshot NAME`. */
export async function vmRemoveSnapshot(context: Context, name: string): Promise<ExitCode> {
  await (await connect(context)).vms.removeSnapshot(name);
  if (context.terminal.json) context.terminal.printJson({ removed: name });
  else context.terminal.print(`Removed the snapshot ${plain(name)}.`);
  return EXIT.done;
}

export interface ForkOptions {
  readonly snapshot?: string;
  readonly id?: string;
  readonly label?: Record<string, string>;
}

/** `vibewriter vm fork VM` or `vibewriter vm fork --snapshot NAME`: a second one that goes on from there. */
export async function vmFork(context: Context, id: string | undefined, o: ForkOptions): Promise<ExitCode> {
  const { snapshot } = o;
  if ((id === undefined) === (snapshot === undefined))
    throw new UsageError("Name what to fork: a VM, or a snapshot with --snapshot, and not both.");
  const from = id !== undefined ? { vm: id } : { snapshot: snapshot ?? "" };
  const { vms } = await connect(context);
  return longWork(context, "Forking", async (signal) => {
    printVm(context, "Forked", await vms.fork(from, { id: o.id, labels: o.label }, { signal }));
  });
}
