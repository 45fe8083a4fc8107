import { join } from "node:path";
import { z } from "zod";
import { machineRecord } from "../drivers/record.js";
import { readJson, writeJson } from "../home.js";
import { templateSpec } from "../templates/spec.js";

/** What is written down of a VM, so that the next owner of the home can take it over. */
const schema = z.object({
  version: z.literal(2),
  id: z.string(),
  /** What its next start clones. */
  template: templateSpec,
  /** The cache key of the template that its machine was cloned from. */
  templateKey: z.string().optional(),
  diskMiB: z.number().int().positive().optional(),
  labels: z.record(z.string(), z.string()),
  createdAt: z.string(),
  /** What its owner wants: a VM that should run and does not is started by the next call. */
  wanted: z.enum(["running", "stopped"]),
  /** Random for each start; the guest repeats it, so that a stale guest is told from the one that was configured. */
  epoch: z.number().int(),
  machine: machineRecord.optional(),
});

export type Manifest = z.infer<typeof schema>;

const fileName = "manifest.json";

/** The manifest in a VM's folder, or undefined if there is no valid one. */
export function readManifest(directory: string): Promise<Manifest | undefined> {
  return readJson(join(directory, fileName), schema);
}

export function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  return writeJson(join(directory, fileName), manifest);
}
