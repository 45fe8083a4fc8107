import { rm } from "node:fs/promises";
import { z } from "zod";
import type { MachineRecord } from "./driver.js";
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
  for (const identity of findByArgument(record.token)) await killProcess(identity);
  await rm(record.jail, { recursive: true, force: true });
}
