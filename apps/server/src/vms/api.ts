import { z } from "zod";

/** What is said of microVMs between the owner process and its clients. Sizes are MiB or bytes as named, times seconds or ISO 8601. */

const name = z.string().min(1).max(64);
const labels = z.record(name, z.string().max(256));
const count = z.int().positive();

/** Bounds of one VM; absent: none of that kind. */
export const VmLimits = z.strictObject({
  cpus: z.number().positive().optional(),
  diskBytesPerSecond: count.optional(),
  egressBytesPerSecond: count.optional(),
  processes: count.optional(),
  outputBytes: count.optional(),
  lifeSeconds: count.optional(),
  idleSeconds: count.optional(),
});

export const Vm = z.object({
  id: z.string(),
  state: z.enum(["running", "stopped", "suspended"]),
  isolation: z.enum(["hardware", "emulated"]),
  driver: z.enum(["firecracker", "qemu"]),
  template: z.string(),
  /** Absent: the base image. */
  image: z.string().optional(),
  memoryMiB: z.number(),
  vcpus: z.number(),
  /** Absent: it has no disk, and nothing of it is kept. */
  diskMiB: z.number().optional(),
  createdAt: z.string(),
  labels: z.record(z.string(), z.string()),
  user: z.string().optional(),
  limits: z.object(VmLimits.shape).optional(),
  pid: z.number().optional(),
});
export type Vm = z.infer<typeof Vm>;
export const VmAnswer = z.object({ vm: Vm });
/** The VMs of a home, and what keeps them in that its host lacks, in sentences for a person. */
export const VmList = z.object({ vms: z.array(Vm), weaknesses: z.array(z.string()) });
export type VmList = z.infer<typeof VmList>;

/** A new VM; what is absent has the default of the home. */
export const VmCreate = z.strictObject({
  id: name.optional(),
  image: name.optional(),
  memoryMiB: z.int().min(128).max(65_536).optional(),
  vcpus: z.int().min(1).max(16).optional(),
  /** 0: no disk. */
  diskMiB: z.int().min(0).max(1_048_576).optional(),
  labels: labels.optional(),
  user: z.string().min(1).max(128).optional(),
  limits: VmLimits.optional(),
  /** Hosts that its programs may reach, `*.` and a name for all under it; ports 80 and 443 unless others are named. */
  allow: z
    .array(z.strictObject({ host: z.string().min(1).max(255), ports: z.array(z.int().min(1).max(65_535)).optional() }))
    .max(256)
    .optional(),
});
export type VmCreate = z.infer<typeof VmCreate>;

/** A VM made of another one, or of a snapshot. */
export const VmFork = z.strictObject({ id: name.optional(), labels: labels.optional() });
export type VmFork = z.infer<typeof VmFork>;

export const SnapshotName = z.strictObject({ name });
export const Snapshot = z.object({
  name: z.string(),
  /** The VM that it was made of. */
  vm: z.string(),
  createdAt: z.string(),
  template: z.string(),
  memoryMiB: z.number(),
  diskMiB: z.number().optional(),
  /** True if it holds processes; else the disk alone. */
  hasMemory: z.boolean(),
  bytes: z.number(),
  labels: z.record(z.string(), z.string()),
});
export type Snapshot = z.infer<typeof Snapshot>;
export const SnapshotAnswer = z.object({ snapshot: Snapshot });
export const SnapshotsAnswer = z.object({ snapshots: z.array(Snapshot) });

/** What a VM costs its host and uses, and what it may use. What is absent cannot be said now. */
export const VmStats = z.object({
  id: z.string(),
  state: Vm.shape.state,
  isolation: Vm.shape.isolation,
  driver: Vm.shape.driver,
  limits: z.object({ ...VmLimits.shape, memoryMiB: z.number(), vcpus: z.number(), diskMiB: z.number().optional() }),
  expiresAt: z.string().optional(),
  /** Its process: processor time since its start, its share of the host's memory, processes and threads. */
  machine: z.object({ cpuMs: z.number(), memoryBytes: z.number(), processes: z.number() }).optional(),
  /** Its programs together, as its agent says. */
  guest: z
    .object({
      cpuMs: z.number(),
      processes: z.number(),
      maxProcesses: z.number(),
      memoryBytes: z.number(),
      maxMemoryBytes: z.number(),
    })
    .optional(),
  /** What its disk takes of the host's. */
  diskBytes: z.number(),
  /** Sent and received through the gateway. */
  egressBytes: z.number(),
});
export type VmStats = z.infer<typeof VmStats>;
export const VmStatsAnswer = z.object({ stats: z.array(VmStats) });

/** The file that an export makes or an import reads, on the server's host. */
const file = z.string().startsWith("/", "The path of the file must be absolute.").max(4_096);
export const VmExport = z.strictObject({ file });
export const VmExported = z.object({ file: z.string(), bytes: z.number() });
export type VmExported = z.infer<typeof VmExported>;
export const VmImport = z.strictObject({ file, id: name.optional(), labels: labels.optional() });
export type VmImport = z.infer<typeof VmImport>;

/** Allocated bytes of each kind of thing in the home. */
export const DiskUse = z.object({
  disks: z.number(),
  memories: z.number(),
  snapshots: z.number(),
  templates: z.number(),
  images: z.number(),
  /** What was kept of the home before it was migrated. */
  backups: z.number(),
  other: z.number(),
  total: z.number(),
});
export type DiskUse = z.infer<typeof DiskUse>;

export const GcRequest = z.strictObject({ dryRun: z.boolean() });
/** What was removed, or would be. */
export const GcReport = z.object({
  items: z.array(z.object({ kind: z.string(), path: z.string(), bytes: z.number() })),
  bytes: z.number(),
});
export type GcReport = z.infer<typeof GcReport>;

export const VmFile = z.object({
  name: z.string(),
  type: z.enum(["file", "directory", "symlink", "other"]),
  size: z.number(),
});
export const VmFileStat = z.object({ type: VmFile.shape.type, size: z.number(), mode: z.number() });
export type VmFileStat = z.infer<typeof VmFileStat>;
/** `truncated`: there are more than one answer holds. */
export const VmFolder = z.object({ entries: z.array(VmFile), truncated: z.boolean() });
export type VmFolder = z.infer<typeof VmFolder>;

/** A path in a VM. */
export const VmPath = z.strictObject({ path: z.string().startsWith("/").max(4_096) });
