import { z } from "zod";

/** What is said of microVMs between the owner process and its clients. Sizes are MiB or bytes as named, times seconds or ISO 8601. */

export const Vm = z.object({
  id: z.string(),
  state: z.enum(["running", "stopped", "suspended"]),
  isolation: z.enum(["hardware", "emulated"]),
  template: z.string(),
  memoryMiB: z.number(),
  /** Absent: it has no disk, and nothing of it is kept. */
  diskMiB: z.number().optional(),
  createdAt: z.string(),
  labels: z.record(z.string(), z.string()),
  pid: z.number().optional(),
});
export type Vm = z.infer<typeof Vm>;
export const VmAnswer = z.object({ vm: Vm });
export const VmsAnswer = z.object({ vms: z.array(Vm) });

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

const name = z.string().min(1).max(64);

/** A new VM; what is absent has the default of the home. */
export const VmCreate = z.strictObject({
  id: name.optional(),
  memoryMiB: z.int().min(128).max(65_536).optional(),
  vcpus: z.int().min(1).max(16).optional(),
  /** 0: no disk. */
  diskMiB: z.int().min(0).max(16_777_216).optional(),
  labels: z.record(name, z.string().max(256)).optional(),
});
export type VmCreate = z.infer<typeof VmCreate>;
