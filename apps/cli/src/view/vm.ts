import type { Vm } from "@vibewriter/server";
import type { Context } from "../context.js";
import { plain } from "../escape.js";
import { age } from "./format.js";
import { table } from "./table.js";

/** The table of VMs, the header first. */
export function vmTable(vms: readonly Vm[], width: number): string[] {
  const rows = vms.map((vm) => [
    plain(vm.id),
    vm.state,
    vm.isolation,
    vm.driver,
    plain(vm.image ?? "base"),
    mib(vm.memoryMiB),
    vm.diskMiB === undefined ? "none" : mib(vm.diskMiB),
    age(vm.createdAt, Date.now()),
    Object.entries(vm.labels)
      .map(([name, value]) => plain(`${name}=${value}`))
      .join(" "),
  ]);
  return table([["VM", "STATE", "ISOLATION", "DRIVER", "IMAGE", "MEMORY", "DISK", "AGE", "LABELS"], ...rows], width);
}

/** Prints what became of one VM: the object with `--json`, else a sentence that says its state and what keeps it in. */
export function printVm({ terminal }: Context, did: string, vm: Vm): void {
  if (terminal.json) terminal.printJson({ vm });
  else terminal.print(`${did} ${plain(vm.id)}: ${vm.state}, ${isolationText(vm)}.`);
}

/** What keeps the VM in, and with which program. */
export function isolationText({ isolation, driver }: Pick<Vm, "isolation" | "driver">): string {
  return `isolation ${isolation}, driver ${driver}`;
}

/** A number of MiB: `512 MiB`, `4 GiB`. */
export function mib(n: number): string {
  return n % 1024 === 0 ? `${n / 1024} GiB` : `${n} MiB`;
}
