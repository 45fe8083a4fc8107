import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BackboneError } from "../errors.js";
import { InTurn } from "../in-turn.js";
import { writeAtomically } from "../server/run-file.js";
import { renderAccounts } from "./accounts.js";
import {
  checkAgent,
  checkName,
  type Role,
  readRegister,
  type Tenant,
  type TenantLimits,
  type TenantRegister,
  type TenantUser,
  tenantLimitsSchema,
  writeRegister,
} from "./register.js";
import { makeSeedFile, removeSeedFile } from "./seeds.js";

/** Where the register of tenants is, and what reads it. */
export interface TenantsOptions {
  /** The register, `tenants.json`. */
  registerPath: string;
  /** What nats-server includes in its `accounts`. */
  includePath: string;
  /** Has the servers read it, and returns when they have; with the operator's own servers, nothing. Throws if they refuse. */
  apply: () => Promise<void>;
}

/** Credentials that were made: `path` is the one file that has the seed. */
export interface MadeUser {
  user: TenantUser;
  path: string;
}

/** The users that a new tenant has, by name. */
const FIRST_USERS = ["operator", "worker", "client"] as const;

/**
 * The tenants of a server or a cluster: each an account of its own on NATS, with limits and with users that have keys.
 * Changes are made one after the other, and are in force when they return.
 */
export class Tenants {
  readonly #options: TenantsOptions;
  readonly #turn = new InTurn();

  constructor(options: TenantsOptions) {
    this.#options = options;
  }

  /**
   * Makes an empty register, and the key of the Choir's keeper in `keeperPath`. With a register that is there, what nats-server includes is
   * written anew if an older version has written it. @returns whether it was, and the servers have yet to read it
   */
  static async enable(o: Omit<TenantsOptions, "apply"> & { keeperPath: string }): Promise<{ renewed: boolean }> {
    const known = await readRegister(o.registerPath);
    if (known) return { renewed: await renew(o.includePath, renderAccounts(known)) };
    // A key without a register is of an attempt that was cut off: no server knows it.
    await removeSeedFile(o.keeperPath);
    const choirKeeper = await makeSeedFile(o.keeperPath);
    const register: TenantRegister = { version: 1, choirKeeper, tenants: [] };
    await writeAtomically(o.includePath, renderAccounts(register));
    await writeRegister(o.registerPath, register);
    return { renewed: false };
  }

  async list(): Promise<Tenant[]> {
    return (await this.#register()).tenants;
  }

  /** @throws BackboneError `not_found` */
  async get(name: string): Promise<Tenant> {
    return found(await this.#register(), name);
  }

  /**
   * Makes a tenant with an operator, a worker and a client, whose seeds are written into `folder`. One that is there
   * keeps its users and gets the limits that are named; one that was revoked gets new users and what it had stored.
   * @throws BackboneError `invalid` for a bad name or limit, `exists` if a file of these names is in the folder
   */
  add(
    name: string,
    o: { folder: string; limits?: Partial<TenantLimits> },
  ): Promise<{ tenant: Tenant; made: MadeUser[] }> {
    return this.#turn.do(async () => {
      checkName(name, "tenant");
      const register = await this.#register();
      const before = register.tenants.find((tenant) => tenant.name === name);
      const limits = checkedLimits({ ...before?.limits, ...o.limits });
      const lives = before !== undefined && before.revokedAt === undefined;
      const made = lives
        ? []
        : await this.#makeUsers(
            o.folder,
            FIRST_USERS.map((role) => ({ name: role, role })),
          );
      const users = lives ? before.users : made.map(({ user }) => user);
      const agents = before?.agents ?? [];
      const tenant: Tenant = { name, limits, users, agents, createdAt: before?.createdAt ?? now() };
      await this.#replace(register, tenant, made);
      return { tenant, made };
    });
  }

  /** Lets nobody of the tenant in any more and ends its connections; what it has stored is kept. @throws BackboneError `not_found` */
  revoke(name: string): Promise<Tenant> {
    return this.#turn.do(async () => {
      const register = await this.#register();
      const before = found(register, name);
      const tenant = before.revokedAt === undefined ? { ...before, users: [], revokedAt: now() } : before;
      if (tenant !== before) await this.#replace(register, tenant, []);
      return tenant;
    });
  }

  /**
   * Has a revoked tenant let in one new key, and nobody else, with which all that it has stored can be deleted. Nothing if
   * it does so already. @throws BackboneError `not_found`, `invalid` for a tenant that was not revoked
   */
  openForPurge(name: string, folder: string): Promise<{ opened: boolean; seedPath: string }> {
    return this.#turn.do(() => this.#openForPurge(name, folder));
  }

  /**
   * Deletes all that a revoked tenant has stored, and the tenant. `erase` gets the file with the seed of
   * {@link Tenants.openForPurge}, which is called if it was not. When `erase` throws, the tenant is as it was.
   * @throws BackboneError `not_found`, `invalid` for a tenant that was not revoked
   */
  purge(name: string, o: { folder: string; erase: (seedPath: string) => Promise<void> }): Promise<void> {
    return this.#turn.do(async () => {
      const { opened, seedPath } = await this.#openForPurge(name, o.folder);
      const register = await this.#register();
      try {
        await o.erase(seedPath);
      } catch (error) {
        if (opened) {
          const { purgeKey: _, ...closed } = found(register, name);
          await this.#replace(register, closed, []);
          await removeSeedFile(seedPath);
        }
        throw error;
      }
      await this.#write(register, { ...register, tenants: register.tenants.filter((tenant) => tenant.name !== name) });
      await removeSeedFile(seedPath);
    });
  }

  /**
   * Makes one more user; its seed is written to `<folder>/<user>.nk`.
   * @throws BackboneError `not_found`, `exists`, `invalid` for a bad name, agent, or a tenant that was revoked
   */
  addUser(
    name: string,
    o: { user: string; role: Role; agent?: string; folder: string },
  ): Promise<{ tenant: Tenant; made: MadeUser }> {
    return this.#turn.do(async () => {
      checkName(o.user, "user");
      checkAgent(o.role, o.agent);
      const register = await this.#register();
      const before = found(register, name);
      if (before.revokedAt !== undefined) {
        throw new BackboneError(
          "invalid",
          `The tenant ${name} was revoked; let it in again: vibewriter tenant add ${name}.`,
        );
      }
      if (before.users.some((user) => user.name === o.user)) {
        throw new BackboneError(
          "exists",
          `${name} has a user ${o.user} already; revoke it first, or choose another name.`,
        );
      }
      const [made] = await this.#makeUsers(o.folder, [{ name: o.user, role: o.role, agent: o.agent }]);
      if (!made) throw new Error("one user was asked for");
      const agents = o.agent === undefined ? before.agents : [...new Set([...before.agents, o.agent])];
      const tenant = { ...before, users: [...before.users, made.user], agents };
      await this.#replace(register, tenant, [made]);
      return { tenant, made };
    });
  }

  /** Lets one user in no more and ends its connections; nothing if there is none. @throws BackboneError `not_found` for the tenant */
  revokeUser(name: string, user: string): Promise<Tenant> {
    return this.#turn.do(async () => {
      const register = await this.#register();
      const before = found(register, name);
      const users = before.users.filter((one) => one.name !== user);
      const tenant = { ...before, users };
      if (users.length !== before.users.length) await this.#replace(register, tenant, []);
      return tenant;
    });
  }

  async #openForPurge(name: string, folder: string): Promise<{ opened: boolean; seedPath: string }> {
    const register = await this.#register();
    const before = found(register, name);
    if (before.revokedAt === undefined) {
      throw new BackboneError(
        "invalid",
        `The tenant ${name} is in use; revoke it first: vibewriter tenant revoke ${name}.`,
      );
    }
    const seedPath = join(folder, `purge-${name}.nk`);
    if (before.purgeKey !== undefined && existsSync(seedPath)) return { opened: false, seedPath };
    await removeSeedFile(seedPath); // Of a purge that was cut off before the register had its key.
    const [made] = await this.#makeUsers(folder, [{ name: `purge-${name}`, role: "operator" }]);
    if (!made) throw new Error("one user was asked for");
    await this.#replace(register, { ...before, purgeKey: made.user.publicKey }, [made]);
    return { opened: true, seedPath };
  }

  async #register(): Promise<TenantRegister> {
    const register = await readRegister(this.#options.registerPath);
    if (register) return register;
    throw new BackboneError("not_found", `There is no register of tenants at ${this.#options.registerPath}.`);
  }

  async #makeUsers(
    folder: string,
    users: readonly { name: string; role: Role; agent?: string }[],
  ): Promise<MadeUser[]> {
    const made: MadeUser[] = [];
    try {
      for (const { name, role, agent } of users) {
        const path = join(folder, `${name}.nk`);
        const publicKey = await makeSeedFile(path);
        made.push({
          path,
          user: { name, role, ...(agent === undefined ? {} : { agent }), publicKey, createdAt: now() },
        });
      }
      return made;
    } catch (error) {
      for (const { path } of made) await removeSeedFile(path);
      throw error;
    }
  }

  /** Puts a tenant into the register; if the servers refuse it, everything is as it was. */
  async #replace(register: TenantRegister, tenant: Tenant, made: readonly MadeUser[]): Promise<void> {
    const others = register.tenants.filter(({ name }) => name !== tenant.name);
    const tenants = [...others, tenant].sort((a, b) => (a.name < b.name ? -1 : 1));
    try {
      await this.#write(register, { ...register, tenants });
    } catch (error) {
      for (const { path } of made) await removeSeedFile(path);
      throw error;
    }
  }

  async #write(before: TenantRegister, after: TenantRegister): Promise<void> {
    const { registerPath, includePath, apply } = this.#options;
    const write = async (register: TenantRegister) => {
      await writeRegister(registerPath, register);
      await writeAtomically(includePath, renderAccounts(register));
    };
    await write(after);
    try {
      await apply();
    } catch (error) {
      await write(before);
      throw error;
    }
  }
}

async function renew(path: string, text: string): Promise<boolean> {
  if (existsSync(path) && (await readFile(path, "utf8")) === text) return false;
  await writeAtomically(path, text);
  return true;
}

function found(register: TenantRegister, name: string): Tenant {
  const tenant = register.tenants.find((one) => one.name === name);
  if (tenant) return tenant;
  throw new BackboneError("not_found", `There is no tenant "${name}"; see vibewriter tenant list.`);
}

function checkedLimits(limits: Partial<TenantLimits>): TenantLimits {
  const parsed = tenantLimitsSchema.safeParse(limits);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = `The limit ${issue?.path.join(".")} cannot be set so: ${issue?.message}; correct it.`;
  throw new BackboneError("invalid", why, { cause: parsed.error });
}

function now(): string {
  return new Date().toISOString();
}
