import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { MachineRecord, MachineSpec, SavedMachine } from "../driver.js";
import { requireSpace } from "../host/capacity.js";
import { closeJail, socketFolder, takeBack } from "./files.js";
import type { QemuMachine } from "./machine.js";
import { leaveOutShared, migrationEnd, sendTo, sendToFile } from "./migration.js";
import { knownAs, type QemuOptions, startQemu } from "./process.js";
import { Qmp } from "./qmp.js";

const monitorMs = 10_000;

/**
 * Saves a machine whose memory is private to its process. It moves into a second QEMU, whose memory is a shared file and which runs
 * nothing; what is then left to save of that one is small. The second has no disk, so that none is ever open twice. See
 * docs/decisions/0012-a-restored-machine-is-saved-through-a-second-one.md.
 */
export async function saveThroughTransit(
  o: QemuOptions,
  machine: QemuMachine,
  spec: MachineSpec,
  saved: SavedMachine,
): Promise<void> {
  const { record } = machine;
  await requireSpace(record.jail, spec.memoryMiB);
  await using source = await Qmp.open(record.control, monitorMs, () => !machine.isAlive());
  // Nothing changes any more while it moves: one pass over its memory is enough, and its disk is flushed.
  await source.execute("stop");
  const transit = transitRecord(record);
  await mkdir(transit.jail, { mode: 0o700 });
  const memory = join(transit.jail, "memory");
  const incoming = { from: join(socketFolder(transit), "in"), to: join(socketFolder(record), "in") };
  const started = await startQemu(o, {
    spec: { ...spec, disk: undefined, limits: { cpus: spec.limits?.cpus } },
    record: transit,
    memory: { kind: "own", path: memory },
    beginning: { kind: "receive" },
  });
  const receiver = started.machine;
  try {
    await using target = await Qmp.open(transit.control, monitorMs, () => !receiver.isAlive());
    await target.execute("migrate-incoming", { uri: `unix:${knownAs(o.confinement, incoming.from)}` });
    await closeJail(transit);
    // Each sees its own folder alone: the door is put where the first can reach it.
    await rename(incoming.from, incoming.to);
    // The memory is private here: all of it goes.
    await leaveOutShared(source, false);
    await sendTo(source, knownAs(o.confinement, incoming.to));
    await migrationEnd(target);
    await leaveOutShared(target, true);
    await sendToFile(target, o.confinement, transit, saved.state);
  } finally {
    await receiver.stop();
  }
  await takeBack(record, memory);
  await rename(memory, saved.memory);
}

/** The second process belongs to the first one's record: it has its token and its control groups, and its files are in its jail. */
function transitRecord(record: MachineRecord): MachineRecord {
  const jail = join(record.jail, "t");
  const sockets = socketFolder({ jail });
  return { ...record, process: undefined, jail, rpc: { path: join(sockets, "rpc") }, control: join(sockets, "mon") };
}
