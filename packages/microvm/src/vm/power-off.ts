import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../client/connection.js";
import type { Machine } from "../drivers/driver.js";
import { isMicroVMError } from "../errors.js";

const powerOffMs = 10_000;

/** Lets a guest unmount its disk. What was answered is safe without that; the unmount saves a journal replay. */
export async function powerOff(machine: Machine, connection: Connection | undefined): Promise<void> {
  try {
    await connection?.call({ op: "power_off", args: {}, maxData: 0, deadlineMs: powerOffMs });
  } catch (error) {
    if (!isMicroVMError(error)) throw error;
  }
  const deadline = Date.now() + powerOffMs;
  while (machine.isAlive() && Date.now() < deadline) await delay(10);
}
