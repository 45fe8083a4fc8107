import type { VmStats } from "@vibewriter/server";
import { plain } from "../escape.js";
import { bytesText, clock } from "./format.js";
import { table } from "./table.js";

const MIB = 1_048_576;
const HEAD = ["VM", "STATE", "ISOLATION", "DRIVER", "CPU", "HOST MEMORY", "MEMORY", "PROCESSES", "DISK", "EGRESS"];

/**
 * The table of what VMs use, the header first: `used / allowed` where there is a bound. `past`: the figures of so many milliseconds ago, from
 * which the processors that are used now follow; without them it is the processor time in all.
 */
export function statsTable(
  stats: readonly VmStats[],
  past: { readonly stats: readonly VmStats[]; readonly ms: number } | undefined,
  width: number,
): string[] {
  const before = new Map(past?.stats.map((one) => [one.id, one]));
  const rows = stats.map((vm) => [
    ...[plain(vm.id), vm.state, vm.isolation, vm.driver],
    past === undefined ? timeOf(vm) : processorsOf(vm, before.get(vm.id), past.ms),
    vm.machine ? bytesText(vm.machine.memoryBytes) : "-",
    of(vm.guest?.memoryBytes, vm.limits.memoryMiB * MIB),
    vm.guest ? `${vm.guest.processes} / ${vm.guest.maxProcesses}` : "-",
    vm.limits.diskMiB === undefined ? "none" : of(vm.diskBytes, vm.limits.diskMiB * MIB),
    bytesText(vm.egressBytes),
  ]);
  return table([HEAD, ...rows], width);
}

function timeOf({ machine }: VmStats): string {
  return machine ? clock(machine.cpuMs) : "-";
}

/** As `0.7 / 2`: processors that are used, and those that may be. */
function processorsOf({ machine, limits }: VmStats, before: VmStats | undefined, ms: number): string {
  if (!machine || !before?.machine || machine.cpuMs < before.machine.cpuMs) return "-";
  const used = (machine.cpuMs - before.machine.cpuMs) / ms;
  return `${used.toFixed(1)} / ${limits.cpus ?? limits.vcpus}`;
}

function of(used: number | undefined, most: number): string {
  return used === undefined ? "-" : `${bytesText(used)} / ${bytesText(most)}`;
}
