import type { Isolation, Machine, MachineStats } from "../drivers/driver.js";
import { isMicroVMError } from "../errors.js";
import type { VmLimits } from "../limits.js";
import { allocatedMiB } from "../space/allocated.js";
import type { GuestMetrics } from "../wire/messages.js";
import { diskPath } from "./disk.js";
import { expiryOf } from "./manifest.js";
import type { Runner } from "./runner.js";
import type { VmState } from "./steps.js";
import type { Surroundings } from "./surroundings.js";

/** What a VM costs, and what it may cost. */
export interface VmStats {
  id: string;
  state: VmState;
  isolation: Isolation;
  /** What it may use, with what its template and its disk bound. */
  limits: VmLimits & { memoryMiB: number; vcpus: number; diskMiB?: number };
  /** When its life is over. */
  expiresAt?: string;
  /** What its process costs the host; absent while it has none. */
  machine?: MachineStats;
  /** What its programs use, as its agent says; absent while it does not run or does not answer. */
  guest?: GuestMetrics;
  /** What its disk takes of the host's, in bytes. */
  diskBytes: number;
  /** Bytes sent and received through the gateway. */
  egressBytes: number;
}

const answerMs = 10_000;
const mebibyte = 1_048_576;

export async function statsOf(runner: Runner, { driver, gateway }: Surroundings): Promise<VmStats> {
  const { manifest, state } = runner;
  const { id, template, diskMiB, limits } = manifest;
  const expiry = expiryOf(manifest);
  const [machine, guest, diskAllocatedMiB] = await Promise.all([
    state === "running" ? machineStats(runner.machine) : undefined,
    state === "running" ? guestMetrics(runner) : undefined,
    allocatedMiB(diskPath(runner.directory)),
  ]);
  return {
    id,
    state,
    isolation: driver.isolation,
    limits: { ...limits, memoryMiB: template.memoryMiB, vcpus: template.vcpus ?? 1, diskMiB },
    expiresAt: expiry === undefined ? undefined : new Date(expiry).toISOString(),
    machine,
    guest,
    diskBytes: Math.round(diskAllocatedMiB * mebibyte),
    egressBytes: gateway?.bytesOf(id) ?? 0,
  };
}

async function machineStats(machine: Machine | undefined): Promise<MachineStats | undefined> {
  return await unlessSilent(async () => machine?.stats());
}

async function guestMetrics(runner: Runner): Promise<GuestMetrics | undefined> {
  return await unlessSilent(async () => {
    const { connection } = await runner.session();
    return await connection.call({ op: "metrics", args: {}, maxData: 0, deadlineMs: answerMs });
  });
}

/** A VM that ends meanwhile, or that is kept from answering by what it does, has figures all the same. */
async function unlessSilent<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isMicroVMError(error)) return undefined;
    throw error;
  }
}
