import type { ProcessIdentity } from "./process.js";

/** Who keeps a guest in: the processor's virtualization, or an emulator that promises less. */
export type Isolation = "hardware" | "emulated";

/** What the image build makes. */
export interface ImageFiles {
  kernel: string;
  initrd: string;
  /** A read-only erofs file: the root file system. */
  base: string;
  digest: string;
}

/** Everything that decides the shape of a machine. A clone must have the shape of its template. */
export interface MachineSpec {
  image: ImageFiles;
  /** Read-only erofs files laid over the base, uppermost last. */
  layers: string[];
  memoryMiB: number;
  vcpus: number;
  /** The file that holds the guest's memory. `shared`: writes go to it; else they stay in the process. */
  memory: { path: string; shared: boolean };
  /** The VM's own disk; absent: a disk that holds nothing. */
  disk?: string;
}

/** Where a machine's process and sockets are; what a manifest keeps of it. */
export interface MachineRecord {
  /** Random; an argument of the process, so that it can be found before its pid was written down. */
  token: string;
  process?: ProcessIdentity;
  /** Unix socket of the guest's byte stream. */
  rpc: string;
  /** Unix socket of the monitor. */
  monitor: string;
  /** What the process writes to stdout and stderr. */
  log: string;
}

/** A VM's process. It outlives the process that started it. */
export interface Machine {
  readonly record: MachineRecord & { process: ProcessIdentity };
  isAlive(): boolean;
  /** Ends the process and removes its sockets. */
  kill(): Promise<void>;
  /** The last lines of the guest's console and of the process, for a message to a person. */
  diagnose(): Promise<string>;
  /** Keeps what is written to disk on the guest's behalf within bounds. */
  trimLog(): Promise<void>;
}

/** One way of running microVMs. */
export interface Driver {
  readonly isolation: Isolation;
  /** Changes whenever a saved machine of this driver would no longer load. */
  readonly fingerprint: string;
  /** Boots a machine from its kernel. */
  boot(spec: MachineSpec, record: MachineRecord): Promise<Machine>;
  /** Starts a machine from what `snapshot` wrote to `state`; the memory file must be that snapshot's. */
  restore(spec: MachineSpec, record: MachineRecord, state: string): Promise<Machine>;
  /** Writes all but the machine's memory to `state`; the machine is stopped from then on. */
  snapshot(machine: Machine, state: string): Promise<void>;
  /** Takes over a machine that another process started, if it still lives. */
  adopt(record: MachineRecord): Machine | undefined;
}
