import { type Context, connect } from "../../context.js";
import type { ExitCode } from "../../exit.js";
import { longWork } from "../../long-work.js";
import { printVm } from "../../view/vm.js";

/** Sizes in MiB or bytes, times in seconds. */
export interface CreateOptions {
  readonly id?: string;
  readonly image?: string;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly disk?: number;
  readonly cpus?: number;
  readonly diskRate?: number;
  readonly egressRate?: number;
  readonly processes?: number;
  readonly output?: number;
  readonly life?: number;
  readonly idle?: number;
  readonly user?: string;
  readonly allow?: { host: string; ports?: number[] }[];
  readonly label?: Record<string, string>;
}

/** `vibewriter vm create`: makes a VM and starts it. */
export async function vmCreate(context: Context, o: CreateOptions): Promise<ExitCode> {
  const { vms } = await connect(context);
  const { id, image, memory, vcpus, disk, user, allow, label } = o;
  const request = { id, image, memoryMiB: memory, vcpus, diskMiB: disk, user, allow, labels: label };
  return longWork(context, "Making a microVM; the first of a kind takes a while", async (signal) => {
    printVm(context, "Made", await vms.create({ ...request, limits: limitsOf(o) }, { signal }));
  });
}

function limitsOf({ cpus, diskRate, egressRate, processes, output, life, idle }: CreateOptions) {
  const limits = {
    cpus,
    diskBytesPerSecond: diskRate,
    egressBytesPerSecond: egressRate,
    processes,
    outputBytes: output,
    lifeSeconds: life,
    idleSeconds: idle,
  };
  return Object.values(limits).every((limit) => limit === undefined) ? undefined : limits;
}
