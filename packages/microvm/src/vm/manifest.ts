import { join } from "node:path";
import { z } from "zod";
import { machineRecord } from "../drivers/record.js";
import { egressPolicy } from "../gateway/policy.js";
import { readJson, writeJson } from "../home.js";
import { vmLimits } from "../limits.js";
import { templateSpec } from "../templates/spec.js";

/** A template as it was when something was cloned from it: its cache key tells it from what the same spec makes today. */
export const templateOfRecord = z.object({ key: z.string(), spec: templateSpec });
export type TemplateOfRecord = z.infer<typeof templateOfRecord>;

/** What is written down of a VM, so that the next owner of the home can take it over. */
const schema = z.object({
  version: z.literal(2),
  id: z.string(),
  /** True until it has answered for the first time: what a crash leaves of it before is nobody's. */
  isNew: z.boolean().optional(),
  /** What its next start clones. */
  template: templateSpec,
  /** What its machine was cloned from. */
  clonedFrom: templateOfRecord.optional(),
  /**
   * Its memory is saved in its folder, and it is suspended: what the saved machine was cloned from. A saved memory is used once, and this is
   * taken away before it is: afterwards the disk has gone on, and the memory would not fit it.
   */
  saved: templateOfRecord.optional(),
  /** Something secret was in its memory since its last start from the disk: that memory is not written to any file. */
  heldSecret: z.boolean().optional(),
  diskMiB: z.number().int().positive().optional(),
  labels: z.record(z.string(), z.string()),
  /** Whose VM it is; limits of users hold for all VMs of one together. */
  user: z.string().optional(),
  limits: vmLimits.optional(),
  /** What its programs reach through the gateway; absent: nothing. */
  egress: egressPolicy.optional(),
  createdAt: z.string(),
  /** What its owner wants: a VM that should run and does not is started by the next call. */
  wanted: z.enum(["running", "stopped"]),
  /** Random for each start; the guest repeats it, so that a stale guest is told from the one that was configured. */
  epoch: z.number().int(),
  machine: machineRecord.optional(),
});

export type Manifest = z.infer<typeof schema>;

/** When the VM has lived as long as it may, as a Date.now() time; undefined: it may live as long as it likes. */
export function expiryOf({ createdAt, limits }: Manifest): number | undefined {
  return limits?.lifeSeconds === undefined ? undefined : Date.parse(createdAt) + limits.lifeSeconds * 1_000;
}

const fileName = "manifest.json";

/** The manifest in a VM's folder, or undefined if there is no valid one. */
export function readManifest(directory: string): Promise<Manifest | undefined> {
  return readJson(join(directory, fileName), schema);
}

export function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  return writeJson(join(directory, fileName), manifest);
}
