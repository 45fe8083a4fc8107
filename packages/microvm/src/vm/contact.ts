import { randomBytes } from "node:crypto";
import { Connection } from "../client/connection.js";
import type { Machine } from "../drivers/driver.js";
import { isMicroVMError, MicroVMError } from "../errors.js";

const restoreMs = 30_000;
const reachMs = 10_000;
const configureMs = 30_000;

/** The first connection to a machine that was just cloned. Throws MicroVMError `start_failed`. */
export async function greet(machine: Machine, id: string): Promise<Connection> {
  try {
    const isDoomed = () => !machine.isAlive();
    // The template's builder left with GOAWAY: the guest hunts.
    return await Connection.open(machine.record.rpc, { deadlineMs: restoreMs, fresh: true, isDoomed });
  } catch (cause) {
    if (!isMicroVMError(cause)) throw cause;
    const words = (await machine.diagnose()) || "none";
    const text = `The VM ${id} did not start; run \`vibewriter doctor\`. Its last words: ${words}`;
    throw new MicroVMError("start_failed", text, { cause });
  }
}

/** Gives a clone what makes it a machine of its own: entropy, the time, a name, a root. */
export async function configure(
  connection: Connection,
  o: { id: string; epoch: number; hasDisk: boolean },
): Promise<void> {
  await connection.call({
    op: "configure",
    args: {
      seed: randomBytes(32),
      time_us: Date.now() * 1_000,
      epoch: o.epoch,
      hostname: hostname(o.id),
      root: o.hasDisk ? "disk" : "memory",
    },
    maxData: 0,
    deadlineMs: configureMs,
  });
}

/** A new connection to a machine that lives, or undefined if it is not the guest that was configured, or is silent. */
export async function reach(machine: Machine, epoch: number): Promise<Connection | undefined> {
  try {
    const isDoomed = () => !machine.isAlive();
    const connection = await Connection.open(machine.record.rpc, { deadlineMs: reachMs, isDoomed });
    const { hello } = connection;
    if (hello.configured && hello.epoch === epoch) return connection;
    await connection.close();
    return undefined;
  } catch (error) {
    if (isMicroVMError(error)) return undefined;
    throw error;
  }
}

function hostname(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]/g, "-").slice(0, 63);
}
