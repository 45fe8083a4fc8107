import { readFileSync } from "node:fs";
import type { MachineRecord, MachineSpec } from "../driver.js";

export type Accelerator = "kvm" | "tcg";

/** How the guest hears that nobody listens any more: it powers off after this many seconds without a byte. */
const orphanSeconds = 600;
const consoleBytes = 65_536;
/** What the guest's kernel believes to be the size of its disk. The host's file is smaller and QEMU holds the guest to it. */
const nominalDiskBytes = 2 ** 40;
/** Debian's kernels tick at this rate. */
const kernelHz = 250;

/** The file that holds the guest's memory. `shared`: writes go to it; else they stay in the process. */
export interface GuestMemory {
  path: string;
  shared: boolean;
}

/** QEMU's arguments for a machine. The same spec gives the same devices, which a restore depends on. */
export function qemuArguments(
  spec: MachineSpec,
  record: MachineRecord,
  o: { accelerator: Accelerator; memory: GuestMemory },
): string[] {
  const { image } = spec;
  const { accelerator, memory } = o;
  const shape = "microvm,acpi=on,pit=on,pic=on,rtc=on,memory-backend=ram";
  const ram = `memory-backend-file,id=ram,size=${spec.memoryMiB}M,mem-path=${quote(memory.path)},share=${memory.shared ? "on" : "off"}`;
  const drives = [
    ...readOnlyDrive("base", image.base),
    ...spec.layers.flatMap((path, index) => readOnlyDrive(`layer${index}`, path)),
    ...ownDisk(spec.disk),
  ];
  return [
    ...["-name", "vibewriter", "-uuid", record.token],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ...["-M", shape, "-global", "virtio-mmio.force-legacy=false"],
    ...(accelerator === "kvm"
      ? ["-accel", "kvm", "-cpu", "host"]
      : ["-accel", `tcg,tb-size=${translationCacheMiB(spec)}`, "-cpu", "max"]),
    ...["-m", `${spec.memoryMiB}M`, "-smp", String(spec.vcpus), "-object", ram],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", kernelCommandLine(accelerator)],
    ...["-chardev", `ringbuf,id=console,size=${consoleBytes}`, "-serial", "chardev:console"],
    ...["-object", "rng-random,id=entropy,filename=/dev/urandom", "-device", "virtio-rng-device,rng=entropy"],
    ...["-chardev", `socket,id=rpc,path=${quote(record.rpc.path)},server=on,wait=off`],
    ...["-device", "virtio-serial-device", "-device", "virtserialport,chardev=rpc,name=vibewriter.rpc"],
    ...["-chardev", `socket,id=monitor,path=${quote(record.control)},server=on,wait=off`],
    ...["-mon", "chardev=monitor,mode=control"],
    ...drives,
  ];
}

/**
 * The cache of translated code in MiB. A program that does not fit is translated over and over: Node in 32 MiB takes twice the time it
 * takes in 256. Only what is used of it costs memory.
 */
function translationCacheMiB({ memoryMiB }: MachineSpec): number {
  return Math.min(256, Math.max(32, Math.floor(memoryMiB / 2)));
}

function readOnlyDrive(id: string, path: string): string[] {
  return [
    ...["-blockdev", `driver=file,node-name=${id},read-only=on,filename=${quote(path)}`],
    ...["-device", `virtio-blk-device,drive=${id},serial=${id}`],
  ];
}

/** Writes of the guest to a disk that is not there go nowhere. */
function ownDisk(path: string | undefined): string[] {
  const node =
    path === undefined
      ? `driver=null-co,node-name=disk,size=${nominalDiskBytes},read-zeroes=on`
      : `driver=file,node-name=disk,discard=unmap,filename=${quote(path)}`;
  return ["-blockdev", node, "-device", "virtio-blk-device,drive=disk,serial=disk"];
}

function kernelCommandLine(accelerator: Accelerator): string {
  const common = ["console=ttyS0", "loglevel=3", "panic=-1", "reboot=t", "8250.nr_uarts=1"];
  // Under emulation the kernel cannot measure its clock: about half the boots would hang without being told.
  const clock = accelerator === "tcg" ? tcgClock() : [];
  return [...common, ...clock, `vibewriter.orphan_s=${orphanSeconds}`].join(" ");
}

function tcgClock(): string[] {
  const found = /^bogomips\s*:\s*([\d.]+)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"));
  if (found === null) return ["no_timer_check"];
  // The counter is the host's own, so it may be trusted; the kernel would fall back to counting ticks, and an emulated
  // processor that is not scheduled misses ticks: its clock then loses minutes in an hour.
  // Linux derives bogomips from the time stamp counter: it is twice its frequency in MHz, whatever the core runs at.
  const tscKhz = Math.round(Number(found[1]) * 500);
  return [
    `tsc_early_khz=${tscKhz}`,
    `lpj=${Math.round((tscKhz * 1_000) / kernelHz)}`,
    "no_timer_check",
    "tsc=reliable",
  ];
}

/** A value inside a comma-separated QEMU option. */
function quote(value: string): string {
  return value.replaceAll(",", ",,");
}
