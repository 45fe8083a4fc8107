import { rm } from "node:fs/promises";
import { z } from "zod";
import type { MachineRecord } from "./driver.js";
import { cgroupMembers, removeCgroup } from "./host/cgroup.js";
import { findByArgument, killProcess } from "./host/process.js";

/** A machine's record as a file keeps it. */
export const machineRecord: z.ZodType<MachineRecord> = z.object({
  driver: z.enum(["firecracker", "qemu"]),
  token: z.uuid(),
  process: z.object({ pid: z.number().int(), startTime: z.number(), boot: z.string() }).optional(),
  rpc: z.object({ path: z.string(), vsockPort: z.number().int().optional() }),
  control: z.string(),
  log: z.string(),
  jail: z.string(),
  uid: z.number().int().optional(),
  cgroups: z.array(z.string()),
});

/** Removes every trace of a machine by its record alone, whichever driver made it and whether it came to be or not. */
export async function removeMachine(record: MachineRecord): Promise<void> {
  // Until its process is on record, each one found may just be starting another: it takes two looks that find nothing.
  const looks = record.process === undefined ? 2 : 1;
  for (let empty = 0; empty < looks; ) {
    const found = [...findByArgument(record.token), ...cgroupMembers(record.cgroups)];
    for (const identity of found) await killProcess(identity);
    empty = found.length === 0 ? empty + 1 : 0;
  }
  for (const folder of record.cgroups) await removeCgroup(folder);
  await rm(record.jail, { recursive: true, force: true });
}
