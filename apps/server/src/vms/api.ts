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
