import { readFileSync } from "node:fs";
import type { MachineSpec } from "../driver.js";

export type Accelerator = "kvm" | "tcg";

/** How the guest hears that nobody listens any more: it powers off after this many seconds without a byte. */
const orphanSeconds = 600;
const consoleBytes = 65_536;
/** What the guest's kernel believes to be the size of its disk. The host's file is smaller and QEMU holds the guest to it. */
const nominalDiskBytes = 2 ** 40;
/** Debian's kernels tick at this rate. */
const kernelHz = 250;

/** The memory of a guest. */
export interface GuestMemory {
  /**
   * `own`: a file that its writes go to. `copied`: they stay in the process. `protected`: so too, and the process may not even open the file
   * for writing, which QEMU knows since 8.2.
   */
  kind: "own" | "copied" | "protected";
  path: string;
}

/** What QEMU calls the things on the host that belong to its machine. */
export interface Names {
  kernel: string;
  initrd: string;
  memory: string;
  rpc: string;
  control: string;
  base: string;
  layers: string[];
  disk?: string;
}

/** QEMU's arguments for a machine. The same spec gives the same devices, which a restore depends on. */
export function qemuArguments(
  spec: MachineSpec,
  names: Names,
  o: { token: string; accelerator: Accelerator; memory: GuestMemory["kind"] },
): string[] {
  const { accelerator } = o;
  const shape = "microvm,acpi=on,pit=on,pic=on,rtc=on,memory-backend=ram";
  return [
    ...["-name", "vibewriter", "-uuid", o.token],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ...["-M", shape, "-global", "virtio-mmio.force-legacy=false"],
    ...(accelerator === "kvm"
      ? ["-accel", "kvm", "-cpu", "host"]
      : ["-accel", `tcg,tb-size=${translationCacheMiB(spec)}`, "-cpu", "max"]),
    ...["-m", `${spec.memoryMiB}M`, "-smp", String(spec.vcpus), "-object", memoryBackend(spec, names, o.memory)],
    ...["-kernel", names.kernel, "-initrd", names.initrd, "-append", kernelCommandLine(accelerator)],
    ...["-chardev", `ringbuf,id=console,size=${consoleBytes}`, "-serial", "chardev:console"],
    ...["-object", "rng-builtin,id=entropy", "-device", "virtio-rng-device,rng=entropy"],
    ...["-chardev", `socket,id=rpc,path=${quote(names.rpc)},server=on,wait=off`],
    ...["-device", "virtio-serial-device", "-device", "virtserialport,chardev=rpc,name=vibewriter.rpc"],
    ...["-chardev", `socket,id=monitor,path=${quote(names.control)},server=on,wait=off`],
    ...["-mon", "chardev=monitor,mode=control"],
    ...[names.base, ...names.layers].flatMap((path, index) =>
      readOnlyDrive(index === 0 ? "base" : `layer${index - 1}`, path),
    ),
    ...ownDisk(names.disk, spec.limits?.diskBytesPerSecond),
  ];
}

function memoryBackend({ memoryMiB }: MachineSpec, { memory }: Names, kind: GuestMemory["kind"]): string {
  const sharing = { own: "share=on", copied: "share=off", protected: "share=off,readonly=on,rom=off" }[kind];
  return `memory-backend-file,id=ram,size=${memoryMiB}M,mem-path=${quote(memory)},${sharing}`;
}

/**
 * The cache of translated code in MiB. A program that does not fit is translated over and over: Node in 32 MiB takes twice the time it
 * takes in 256. Only what is used of it costs memory.
 */
export function translationCacheMiB({ memoryMiB }: MachineSpec): number {
  return Math.min(256, Math.max(32, Math.floor(memoryMiB / 2)));
}

function readOnlyDrive(id: string, path: string): string[] {
  return [
    ...["-blockdev", `driver=file,node-name=${id},read-only=on,filename=${quote(path)}`],
    ...["-device", `virtio-blk-device,drive=${id},serial=${id}`],
  ];
}

/**
 * Writes of the guest to a disk that is not there go nowhere. A write that the host has no room for is an error in the guest: QEMU would
 * stop the machine by default, and nobody would know why.
 */
function ownDisk(path: string | undefined, bytesPerSecond: number | undefined): string[] {
  const errors = "werror=report,rerror=report";
  const device = (node: string) => ["-device", `virtio-blk-device,drive=${node},serial=disk,${errors}`];
  if (path === undefined) {
    const node = `driver=null-co,node-name=disk,size=${nominalDiskBytes},read-zeroes=on`;
    return ["-blockdev", node, ...device("disk")];
  }
  const file = ["-blockdev", `driver=file,node-name=disk,discard=unmap,filename=${quote(path)}`];
  if (bytesPerSecond === undefined) return [...file, ...device("disk")];
  return [
    ...["-object", `throttle-group,id=rate,x-bps-total=${bytesPerSecond}`, ...file],
    ...["-blockdev", "driver=throttle,node-name=slow,throttle-group=rate,file=disk", ...device("slow")],
  ];
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
