import { randomBytes } from "node:crypto";
import { Connection } from "../client/connection.js";
import type { Machine } from "../drivers/driver.js";
import { isMicroVMError, MicroVMError } from "../errors.js";

const restoreMs = 30_000;
const reachMs = 10_000;
const configureMs = 30_000;
/** As long as the protocol lets a guest stay frozen. */
const freezeMs = 60_000;

/**
 * The first connection to a machine that was just restored. `fresh`: its last host is known to have left with GOAWAY, and to have been
 * heard. Throws MicroVMError `start_failed`.
 */
export async function greet(machine: Machine, o: { id: string; fresh: boolean }): Promise<Connection> {
  const { id, fresh } = o;
  try {
    const isDoomed = () => !machine.isAlive();
    return await Connection.open(machine.record.rpc, { deadlineMs: restoreMs, fresh, isDoomed });
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
  o: { id: string; epoch: number; hasDisk: boolean; processes?: number },
): Promise<void> {
  const limits = o.processes === undefined ? undefined : { processes: o.processes };
  const args = { ...own(o), root: o.hasDisk ? "disk" : "memory", limits };
  await connection.call({ op: "configure", args, maxData: 0, deadlineMs: configureMs });
}

/** Stops the guest's programs, and with a disk syncs and freezes it: what is saved of it now is whole in memory and on disk. */
export async function freeze(connection: Connection): Promise<void> {
  await connection.call({ op: "freeze", args: { lease_ms: freezeMs }, maxData: 0, deadlineMs: freezeMs });
}

/** Lets the programs go on. False if the guest did not wait for it, and has changed meanwhile. */
export async function thaw(connection: Connection): Promise<boolean> {
  const { wasFrozen } = await connection.call({ op: "thaw", args: {}, maxData: 0, deadlineMs: freezeMs });
  return wasFrozen;
}

/** Makes a restored machine one of its own before its programs, frozen when it was saved, go on. */
export async function renew(connection: Connection, o: { id: string; epoch: number }): Promise<void> {
  await connection.call({ op: "renew", args: own(o), maxData: 0, deadlineMs: configureMs });
  await thaw(connection);
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

/** What no two machines have in common. */
function own(o: { id: string; epoch: number }) {
  return { seed: randomBytes(32), time_us: Date.now() * 1_000, epoch: o.epoch, hostname: hostname(o.id) };
}

/** Random: the guest repeats it, so that a stale guest is told from the one that was meant. */
export function newEpoch(): number {
  return randomBytes(6).readUIntBE(0, 6);
}

function hostname(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]/g, "-").slice(0, 63);
}
