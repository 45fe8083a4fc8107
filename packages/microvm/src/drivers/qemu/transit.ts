import { rename, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MicroVMError } from "../../errors.js";
import type { MachineRecord, MachineSpec, SavedMachine } from "../driver.js";
import type { GuestMemory } from "./command.js";
import type { QemuMachine } from "./machine.js";
import { leaveOutShared, migrationEnd, sendTo, sendToFile } from "./migration.js";
import { Qmp } from "./qmp.js";

const monitorMs = 10_000;
const mebibyte = 1_048_576;

/** Starts a QEMU of the same shape that waits for a machine to come in. */
export type StartReceiver = (spec: MachineSpec, record: MachineRecord, memory: GuestMemory) => Promise<QemuMachine>;

/**
 * Saves a machine whose memory is private to its process. It moves into a second QEMU, whose memory is a shared file and which runs
 * nothing; what is then left to save of that one is small. The second has no disk, so that none is ever open twice. See
 * docs/decisions/0012-a-restored-machine-is-saved-through-a-second-one.md.
 */
export async function saveThroughTransit(
  machine: QemuMachine,
  spec: MachineSpec,
  saved: SavedMachine,
  startReceiver: StartReceiver,
): Promise<void> {
  const { record } = machine;
  await requireSpace(dirname(record.jail), spec.memoryMiB);
  await using source = await Qmp.open(record.control, monitorMs, () => !machine.isAlive());
  // Nothing changes any more while it moves: one pass over its memory is enough, and its disk is flushed.
  await source.execute("stop");
  // Found by the machine's token, and removed with its jail, wherever this is cut short.
  const transit = {
    ...record,
    process: undefined,
    rpc: { path: `${record.rpc.path}.t` },
    control: `${record.control}.t`,
  };
  const memory = join(record.jail, "transit");
  const receiver = await startReceiver({ ...spec, disk: undefined, limits: undefined }, transit, {
    path: memory,
    shared: true,
  });
  try {
    await using target = await Qmp.open(transit.control, monitorMs, () => !receiver.isAlive());
    const incoming = join(record.jail, "in");
    await target.execute("migrate-incoming", { uri: `unix:${incoming}` });
    // The memory is private here: all of it goes.
    await leaveOutShared(source, false);
    await sendTo(source, incoming);
    await migrationEnd(target);
    await leaveOutShared(target, true);
    await sendToFile(target, join(record.jail, "out"), saved.state);
  } finally {
    await receiver.stop();
  }
  await rename(memory, saved.memory);
  await rm(transit.rpc.path, { force: true });
}

/** A file that is mapped kills its writer when the disk is full: better to know before. */
async function requireSpace(folder: string, memoryMiB: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= memoryMiB * mebibyte) return;
  const text = `The VM was not saved and runs on: its memory may take ${memoryMiB} MiB, and ${folder} has less; free some disk space.`;
  throw new MicroVMError("no_space", text);
}
