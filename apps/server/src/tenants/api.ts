import { isAbsolute } from "node:path";
import { z } from "zod";

/** What a tenant may be given, all of it optional. */
export const TenantLimits = z.strictObject({
  storageBytes: z.int().optional(),
  streams: z.int().optional(),
  consumers: z.int().optional(),
  connections: z.int().optional(),
  payloadBytes: z.int().optional(),
});
export type TenantLimits = z.infer<typeof TenantLimits>;

const TenantUser = z.object({
  name: z.string(),
  role: z.enum(["operator", "worker", "client", "agent"]),
  agent: z.string().optional(),
  publicKey: z.string(),
  createdAt: z.string(),
});

export const Tenant = z.object({
  name: z.string(),
  limits: TenantLimits.required(),
  users: z.array(TenantUser),
  /** Agents that have, or have had, credentials and an account of their own. */
  agents: z.array(z.string()),
  createdAt: z.string(),
  revokedAt: z.string().optional(),
  /** Public; what the tenant has stored waits to be deleted with it. */
  purgeKey: z.string().optional(),
});
export type Tenant = z.infer<typeof Tenant>;

/** The path of the file that has the seed; the seed itself goes nowhere. */
const MadeUser = z.object({ user: TenantUser, path: z.string() });
export type MadeUser = z.infer<typeof MadeUser>;

const folder = z.string().refine(isAbsolute, "must be an absolute path");

export const TenantAdd = z.strictObject({ name: z.string(), folder, limits: TenantLimits.optional() });
export type TenantAdd = z.infer<typeof TenantAdd>;
export const UserAdd = z.strictObject({
  user: z.string(),
  role: z.enum(["operator", "worker", "client", "agent"]),
  agent: z.string().optional(),
  folder,
});
export type UserAdd = z.infer<typeof UserAdd>;

export const TenantsAnswer = z.object({ tenants: z.array(Tenant) });
export const TenantAnswer = z.object({ tenant: Tenant });
/** `url`: where the tenant's users connect to. */
export const TenantMade = z.object({ tenant: Tenant, made: z.array(MadeUser), url: z.string() });
export type TenantMade = z.infer<typeof TenantMade>;
