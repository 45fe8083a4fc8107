import type { ProcessIdentity } from "./host/process.js";

/** Who keeps a guest in: the processor's virtualization, or an emulator that promises less. */
export type Isolation = "hardware" | "emulated";

export type DriverName = "firecracker" | "qemu";

/** What the image build makes. */
export interface ImageFiles {
  /** As the distribution packs it. */
  kernel: string;
  /** The same kernel, unpacked: Firecracker boots nothing else. */
  vmlinux: string;
  initrd: string;
  /** A read-only erofs file: the root file system. */
  base: string;
  digest: string;
}

/** Bounds that the host keeps, whatever the guest does. Absent: no bound of that kind. */
export interface MachineLimits {
  /** Processors' worth of time, such as 0.5; VMM included. */
  cpus?: number;
  /** Bytes a second that the VM's own disk takes or gives. */
  diskBytesPerSecond?: number;
}

/** Everything that decides the shape of a machine. A clone must have the shape of its template. */
export interface MachineSpec {
  image: ImageFiles;
  /** Read-only erofs files laid over the base, uppermost last. */
  layers: string[];
  memoryMiB: number;
  vcpus: number;
  /** The VM's own disk; absent: a disk that holds nothing. */
  disk?: string;
  limits?: MachineLimits;
}

/** Where the host reaches the guest's byte stream: a unix socket, or a unix socket in front of the guest's vsock ports. */
export interface RpcAddress {
  path: string;
  /** Asked for with `CONNECT <port>` before the stream begins. */
  vsockPort?: number;
}

/** Where a machine's process, sockets and other traces are; what a manifest keeps of it, so that any owner can remove all of it. */
export interface MachineRecord {
  driver: DriverName;
  /** Random; an argument of the process, so that it can be found before its pid was written down. */
  token: string;
  process?: ProcessIdentity;
  rpc: RpcAddress;
  /** Unix socket of QEMU's monitor or Firecracker's API. */
  control: string;
  /** What the process writes to stdout and stderr. */
  log: string;
  /** A folder that belongs to this machine alone: its sockets, or all of the file system that its process sees. */
  jail: string;
  /** The unix user and group that the process runs as; absent: those of its owner. No other process has them. */
  uid?: number;
  /** Folders of the control groups made for it. */
  cgroups: string[];
}

/** A saved machine: its memory, and everything else. Neither file may change while a machine restored from it lives. */
export interface SavedMachine {
  memory: string;
  state: string;
}

/** What a machine costs its host now. */
export interface MachineStats {
  /** Processor time since its start, in milliseconds. */
  cpuMs: number;
  /** Its share of the host's memory, VMM included: proportional set size, in bytes. */
  memoryBytes: number;
  /** Processes and threads of the VMM. */
  processes: number;
  /** What the guest has read from and written to its own disk since its start, in bytes; absent where it is not known now. */
  disk?: { readBytes: number; writtenBytes: number };
}

/** A VM's process. It outlives the process that started it. */
export interface Machine {
  readonly record: MachineRecord & { process: ProcessIdentity };
  isAlive(): boolean;
  /** Ends the process; what else there is of the machine stays until `Driver.destroy`. */
  stop(): Promise<void>;
  /** Throws MicroVMError `stopped` if it is gone. */
  stats(): Promise<MachineStats>;
  /** The last lines of the guest's console and of the process, for a message to a person. */
  diagnose(): Promise<string>;
  /** Keeps what is written to disk on the guest's behalf within bounds. */
  trimLog(): Promise<void>;
}

/**
 * One way of running microVMs. How a driver is found and chosen is in `open.ts`; all drivers pass the same conformance
 * suite. Side effects on the host are written down before they happen: `create` only names them, the caller keeps the
 * record, and `destroy` removes whatever of it came to be.
 */
export interface Driver {
  readonly name: DriverName;
  readonly isolation: Isolation;
  /** What keeps a machine's process in that is missing here, each as a sentence for the operator; empty: nothing. */
  readonly weaknesses: readonly string[];
  /** Changes whenever a saved machine of this driver would no longer load. */
  readonly fingerprint: string;
  /** Names everything a new machine will have on the host, and makes nothing of it. */
  create(o: { log: string }): MachineRecord;
  /** Boots a machine from its kernel. Its memory is a file of its own, removed with it. Throws `limit_exceeded` if the host has less. */
  start(spec: MachineSpec, record: MachineRecord): Promise<Machine>;
  /**
   * Starts a machine from what `snapshot` saved; any number may live from one saved machine, each with its own changes. The modes of the saved
   * files are the driver's to set, so that the machine's user can open them; the folder that they are in must be closed to others.
   */
  restore(spec: MachineSpec, record: MachineRecord, saved: SavedMachine): Promise<Machine>;
  /**
   * Saves a machine as it is; it does not run again afterwards: whoever wants it to go on restores it. The disk is consistent with the
   * memory and is the caller's to copy. Throws MicroVMError `no_space`, and the machine runs on, or `snapshot_failed`, and it is then to be ended.
   */
  snapshot(machine: Machine, spec: MachineSpec, saved: SavedMachine): Promise<void>;
  /** Takes over a machine that another process started, if it still lives. */
  adopt(record: MachineRecord): Machine | undefined;
  /** Ends the machine's process, also one whose pid was never written down, and removes every trace of the machine. Can be repeated. */
  destroy(record: MachineRecord): Promise<void>;
}
