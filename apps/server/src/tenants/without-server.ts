import { dirname, join } from "node:path";
import { ServerError } from "../errors.js";
import { homePaths } from "../home.js";
import { connectionOf } from "../nats.js";
import type { MadeUser, Tenant, TenantAdd, TenantLimits, UserAdd } from "./api.js";

/** Tenants of servers that an operator runs: written into a file that their configuration includes. */
export interface TenantsInFile {
  /** Where the seed of the Choir's keeper is. */
  readonly keeperPath: string;
  /** The file was of an older version and has just been written anew; the servers have yet to read it. */
  readonly renewed: boolean;
  list(): Promise<Tenant[]>;
  get(name: string): Promise<Tenant>;
  add(
    name: string,
    o: Omit<TenantAdd, "name"> & { limits?: TenantLimits },
  ): Promise<{ tenant: Tenant; made: MadeUser[] }>;
  addUser(name: string, o: UserAdd): Promise<{ tenant: Tenant; made: MadeUser }>;
  revoke(name: string): Promise<Tenant>;
  /**
   * Revokes it and deletes all that it has stored, on the servers that `connection` names. Two calls, since only the
   * operator can have the servers read the file: the first opens the account to a key of its own, the second uses it.
   * @throws ServerError `bad_config` if no servers are named; BackboneError `refused` if they have not read the file yet
   */
  purge(name: string, connection: () => Promise<Connection>): Promise<PurgeStep>;
  revokeUser(name: string, user: string): Promise<Tenant>;
}

/** What became of a purge: the account waits for the servers to read the file, or it is gone with so many streams. */
export type PurgeStep = { done: false; seedPath: string } | { done: true; streams: number };

type Connection = ReturnType<typeof connectionOf>;

/**
 * The tenants in `includePath` (absolute, ends in `.conf`), with their register beside it (`.json`) and the key of the
 * Choir's keeper (`choir.nk`); all are made if they are missing, and what an older version has written is brought up. The servers read the file when their operator has them.
 */
export async function tenantsInFile(includePath: string): Promise<TenantsInFile> {
  if (!includePath.endsWith(".conf")) {
    throw new ServerError(
      "bad_request",
      `${includePath} does not end in .conf; name the file that nats-server includes.`,
    );
  }
  // Loaded here and not by every command: it brings NATS along.
  const { Tenants } = await import("@vibewriter/backbone");
  const folder = dirname(includePath);
  const keeperPath = join(folder, "choir.nk");
  const files = { includePath, registerPath: includePath.replace(/\.conf$/, ".json"), keeperPath };
  const { renewed } = await Tenants.enable(files);
  const tenants = new Tenants({ ...files, apply: async () => undefined });
  return {
    keeperPath,
    renewed,
    list: () => tenants.list(),
    get: (name) => tenants.get(name),
    add: (name, o) => tenants.add(name, o),
    addUser: (name, o) => tenants.addUser(name, o),
    revoke: (name) => tenants.revoke(name),
    async purge(name, connection) {
      const { agents } = await tenants.revoke(name);
      const { opened, seedPath } = await tenants.openForPurge(name, folder);
      if (opened) return { done: false, seedPath };
      const servers = await connection();
      let streams = 0;
      const erase = async (nkeyFile: string) => {
        streams = await eraseOn(servers, nkeyFile, agents, includePath);
      };
      await tenants.purge(name, { folder, erase });
      return { done: true, streams };
    },
    revokeUser: (name, user) => tenants.revokeUser(name, user),
  };
}

/** How the settings reach the operator's servers. */
export async function operatorsServers(home: string, env: NodeJS.ProcessEnv): Promise<Connection> {
  // It checks settings of the agent and of VMs, and brings them along.
  const { readConfig } = await import("../config.js");
  return connectionOf(await readConfig(homePaths(home).config, env));
}

/** With the key of a purge, whatever other credentials the settings name. */
async function eraseOn({ url, tls }: Connection, nkeyFile: string, agents: readonly string[], includePath: string) {
  if (url === undefined) {
    throw new ServerError("bad_config", "Set NATS_URL to your servers: what the tenant has stored is deleted there.");
  }
  const { BackboneError, eraseAccount } = await import("@vibewriter/backbone");
  try {
    return await eraseAccount({ url, tls, credentials: { nkeyFile } }, agents);
  } catch (cause) {
    if (!(cause instanceof BackboneError) || cause.code !== "refused") throw cause;
    const why = `Your servers do not know the key of this purge yet; copy ${includePath} to each, have each read it, then repeat the command.`;
    throw new BackboneError("refused", why, { cause });
  }
}

/** Gives the nats-server of a home tenants from its next start on; the server must not run. */
export async function enableHomeTenants(home: string): Promise<void> {
  const { enableTenants } = await import("@vibewriter/backbone");
  await enableTenants(join(home, "nats"));
}

/**
 * Makes the streams of a tenant's account, with the settings of an operator of it in `env`; for the Choir's keeper, the
 * stream that all share.
 */
export async function prepareTenant(home: string, env: NodeJS.ProcessEnv, o: { choir: boolean }): Promise<void> {
  const { url, ...rest } = await operatorsServers(home, env);
  if (url === undefined || rest.credentials === undefined) {
    const whose = o.choir ? "the Choir's keeper" : "an operator of the tenant";
    throw new ServerError("bad_config", `Set NATS_URL, and VIBEWRITER_NATS_NKEY to the file of ${whose}.`);
  }
  const { keepChoir, prepareAccount } = await import("@vibewriter/backbone");
  if (o.choir) return await keepChoir({ url, ...rest });
  const { setUpState } = await import("@vibewriter/agent/host");
  await prepareAccount({ url, ...rest }, setUpState);
}
