import { randomUUID } from "node:crypto";
import { z } from "zod";
import { MicroVMError } from "./errors.js";
import { type EgressPolicy, egressPolicy } from "./gateway/policy.js";
import { type VmLimits, vmLimits } from "./limits.js";
import { type TemplateSpec, templateSpec } from "./templates/spec.js";
import type { Manifest } from "./vm/manifest.js";

export interface CreateOptions {
  /** Default: random. */
  id?: string;
  template: TemplateSpec;
  /** Size of the VM's own disk, which is sparse. Absent: the root is in memory and nothing is kept. */
  diskMiB?: number;
  labels?: Record<string, string>;
  /** Whose VM it is: the limits of users hold for all VMs of one together. */
  user?: string;
  limits?: VmLimits;
  /** What its programs may reach through the gateway that the home was opened with. Absent: nothing. */
  egress?: EgressPolicy;
}

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const id = z
  .string()
  .regex(name, { error: 'an id has letters, digits, ".", "_" and "-", and begins with one of the first two' });
const user = z.string().min(1).max(128);
/** ext4 needs a few MiB for itself. */
const smallestDiskMiB = 16;
/** In MiB. */
export const diskSize = z.number().int().min(smallestDiskMiB).max(1_048_576);

/** What a VM is made with. */
const createRequest = z.object({
  id: id.optional(),
  template: templateSpec,
  diskMiB: diskSize.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  user: user.optional(),
  limits: vmLimits.optional(),
  egress: egressPolicy.optional(),
});

/** The manifest of a VM that is to be made. Throws MicroVMError `invalid_argument`. */
export function newManifest(o: CreateOptions): Manifest {
  const {
    id = randomUUID(),
    template,
    diskMiB,
    labels = {},
    user,
    limits,
    egress,
  } = parse(createRequest, o, "The VM cannot be made");
  const createdAt = new Date().toISOString();
  return {
    version: 2,
    id,
    isNew: true,
    template,
    diskMiB,
    labels,
    user,
    limits,
    egress,
    createdAt,
    wanted: "running",
    epoch: 0,
  };
}

/** Throws MicroVMError `invalid_argument`. */
export function parseTemplate(template: TemplateSpec): TemplateSpec {
  return parse(templateSpec, template, "The template is not valid");
}

/** Throws MicroVMError `invalid_argument`. */
export function parseEgress(policy: EgressPolicy): EgressPolicy {
  return parse(egressPolicy, policy, "The egress policy is not valid");
}

/** A name that can be a folder's. Throws MicroVMError `invalid_argument`. */
export function parseName(value: string): string {
  return parse(id, value, `"${value.slice(0, 100)}" is no name`);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new MicroVMError("invalid_argument", `${what}: ${where}${issue?.message}.`);
}
