import { type Context, connect } from "../../context.js";
import type { ExitCode } from "../../exit.js";
import { longWork } from "../../long-work.js";
import { printVm } from "../../view/vm.js";

export interface CreateOptions {
  readonly id?: string;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly disk?: number;
  readonly label?: Record<string, string>;
}

/** `vibewriter vm create`: makes a VM and starts it. */
export async function vmCreate(context: Context, o: CreateOptions): Promise<ExitCode> {
  const { vms } = await connect(context);
  const request = { id: o.id, memoryMiB: o.memory, vcpus: o.vcpus, diskMiB: o.disk, labels: o.label };
  return longWork(context, "Making a microVM; the first of a kind takes a while", async (signal) => {
    printVm(context, "Made", await vms.create(request, { signal }));
  });
}
