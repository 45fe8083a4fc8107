import { readFile } from "node:fs/promises";
import { z } from "zod";
import { BackboneError } from "../errors.js";
import { writeAtomically } from "../server/run-file.js";

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** As `packages/langgraph-nats` writes an agent into a subject without changing it. */
const AGENT = /^[A-Za-z0-9_-]{1,96}$/;
const agentSchema = z.string().regex(AGENT);
const publicKeySchema = z.string().regex(/^U[A-Z2-7]{55}$/);
const nameSchema = z.string().regex(NAME);

/** What an account may have at most. */
export const tenantLimitsSchema = z.strictObject({
  storageBytes: z
    .int()
    .min(1_048_576)
    .default(10 * 2 ** 30),
  streams: z.int().min(1).default(64),
  consumers: z.int().min(1).default(1_000),
  connections: z.int().min(1).default(200),
  /** Bytes of the largest message. */
  payloadBytes: z.int().min(65_536).max(67_108_864).default(1_048_576),
});
export type TenantLimits = z.infer<typeof tenantLimitsSchema>;

/**
 * What a user of an account may do: `operator` all of it; `worker` the work of runs; `client` to start runs and to watch
 * them; `agent` the checkpoints and the memory of one agent, in an account of its own.
 */
export const roleSchema = z.enum(["operator", "worker", "client", "agent"]);
export type Role = z.infer<typeof roleSchema>;

const userSchema = z.strictObject({
  name: nameSchema,
  role: roleSchema,
  /** Whose state, for the role `agent`. */
  agent: agentSchema.optional(),
  publicKey: publicKeySchema,
  createdAt: z.iso.datetime(),
});
export type TenantUser = z.infer<typeof userSchema>;

const tenantSchema = z.strictObject({
  name: nameSchema,
  limits: tenantLimitsSchema,
  users: z.array(userSchema),
  /** Agents that have, or have had, credentials of their own: their accounts stay for as long as the tenant. */
  agents: z.array(agentSchema).default([]),
  createdAt: z.iso.datetime(),
  /** Since when nobody gets in; what it has stored is kept. */
  revokedAt: z.iso.datetime().optional(),
  /** Of a revoked tenant: the one key that is let in all the same, to delete what the tenant has stored. */
  purgeKey: publicKeySchema.optional(),
});
export type Tenant = z.infer<typeof tenantSchema>;

const registerSchema = z.strictObject({
  version: z.literal(1),
  /** The key of the one who keeps the Choir: makes its stream, answers searches. */
  choirKeeper: publicKeySchema,
  tenants: z.array(tenantSchema),
});

/** All tenants of a server or a cluster. Public keys only: a seed is with whoever uses it. */
export type TenantRegister = z.infer<typeof registerSchema>;

/**
 * The register, or `undefined` if there is none: then the server has no tenants and one account for everything.
 * @throws BackboneError `bad_config` for a file that is no register; it is never replaced, since it is the only one
 */
export async function readRegister(path: string): Promise<TenantRegister | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new BackboneError("bad_config", `The register of tenants, ${path}, cannot be read; correct that.`, { cause });
  }
  try {
    return registerSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = `The register of tenants, ${path}, is damaged or of another version; restore it from a backup.`;
    throw new BackboneError("bad_config", why, { cause });
  }
}

/** Replaces the register in one step. */
export async function writeRegister(path: string, register: TenantRegister): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(registerSchema.parse(register), undefined, 2)}\n`);
}

/** @throws BackboneError `invalid` for a name that cannot be one of a tenant or of its user */
export function checkName(name: string, what: "tenant" | "user"): void {
  if (NAME.test(name)) return;
  throw new BackboneError(
    "invalid",
    `"${name}" cannot name a ${what}: use at most 32 of a-z, 0-9 and "-", and begin with a letter.`,
  );
}

/** @throws BackboneError `invalid` if the role needs an agent and has none, has one and needs none, or a bad one */
export function checkAgent(role: Role, agent: string | undefined): void {
  if (role !== "agent" && agent === undefined) return;
  if (role !== "agent") throw new BackboneError("invalid", `A ${role} is not bound to an agent; leave --agent out.`);
  if (agent !== undefined && AGENT.test(agent)) return;
  throw new BackboneError("invalid", 'The role "agent" needs --agent: at most 96 of letters, digits, "-" and "_".');
}
