import { join, resolve } from "node:path";
import {
  codeOf,
  enableHomeTenants,
  type MadeUser,
  operatorsServers,
  prepareTenant,
  stopServer,
  type Tenant,
  type TenantLimits,
  tenantsInFile,
} from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { age, bytesText } from "../view/format.js";
import { table } from "../view/table.js";

/** The file that an operator's servers include; absent: the home's own server. */
export interface Where {
  config?: string;
}

export interface AddOptions extends Where, TenantLimits {
  out?: string;
}

export interface UserOptions extends Where {
  role: "operator" | "worker" | "client" | "agent";
  agent?: string;
  out?: string;
}

/** `vibewriter tenant add NAME`. */
export async function tenantAdd(context: Context, name: string, o: AddOptions): Promise<ExitCode> {
  const { config, out, ...limits } = o;
  const folder = folderOf(context, name, out);
  const { tenant, made, url } = config
    ? { ...(await (await inFile(context, config)).add(name, { folder, limits })), url: undefined }
    : await withTenants(context, async () => (await connect(context)).tenants.add({ name, folder, limits }));
  const { terminal } = context;
  if (terminal.json) {
    terminal.printJson({ tenant, made, url });
    return EXIT.done;
  }
  terminal.print(
    made.length > 0
      ? `Added the tenant ${plain(name)}.`
      : `The tenant ${plain(name)} is there; its limits are as below.`,
  );
  for (const line of limitLines(tenant)) terminal.print(line);
  printUse(context, made, url);
  if (config !== undefined) for (const line of afterwards(name, made)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter tenant list`. */
export async function tenantList(context: Context, { config }: Where): Promise<ExitCode> {
  const { terminal } = context;
  const tenants = config ? await (await inFile(context, config)).list() : await listOfHome(context);
  if (terminal.json) terminal.printJson({ tenants });
  else if (tenants.length === 0) terminal.print("No tenants; make one with vibewriter tenant add NAME.");
  else {
    const rows = tenants.map((tenant) => [
      plain(tenant.name),
      tenant.revokedAt === undefined ? "in use" : "revoked",
      String(tenant.users.length),
      bytesText(tenant.limits.storageBytes),
      age(tenant.createdAt, Date.now()),
    ]);
    for (const line of table([["TENANT", "STATE", "USERS", "STORAGE", "AGE"], ...rows], terminal.outColumns)) {
      terminal.print(line);
    }
  }
  return EXIT.done;
}

/** `vibewriter tenant show NAME`. */
export async function tenantShow(context: Context, name: string, { config }: Where): Promise<ExitCode> {
  const { terminal } = context;
  const tenant = config
    ? await (await inFile(context, config)).get(name)
    : await (await connect(context)).tenants.get(name);
  if (terminal.json) {
    terminal.printJson({ tenant });
    return EXIT.done;
  }
  const kept = tenant.purgeKey === undefined ? "are kept" : "wait to be deleted";
  const state = tenant.revokedAt === undefined ? "in use" : `revoked at ${tenant.revokedAt}; its data ${kept}`;
  terminal.print(`${plain(tenant.name)}: ${state}`);
  for (const line of limitLines(tenant)) terminal.print(line);
  const rows = tenant.users.map((user) => [
    plain(user.name),
    user.agent === undefined ? user.role : `${user.role} of ${plain(user.agent)}`,
    user.publicKey,
  ]);
  for (const line of table([["USER", "ROLE", "PUBLIC KEY"], ...rows], Number.POSITIVE_INFINITY)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter tenant revoke NAME`: nobody of it gets in any more; with `--purge` what it has stored is deleted, too. */
export async function tenantRevoke(context: Context, name: string, o: Where & { purge?: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  if (o.config !== undefined && o.purge) return await purgeInFile(context, name, o.config);
  if (o.config !== undefined) await (await inFile(context, o.config)).revoke(name);
  else {
    const { tenants } = await connect(context);
    if (o.purge) await tenants.purge(name);
    else await tenants.revoke(name);
  }
  if (terminal.json) terminal.printJson({ revoked: name, purged: o.purge ?? false });
  else {
    terminal.print(
      `Revoked ${plain(name)}; ${o.purge ? "what it had stored is deleted" : "what it has stored is kept"}.`,
    );
    if (o.config !== undefined) terminal.print(RELOAD);
  }
  return EXIT.done;
}

/** The servers are the operator's, who has them read the file: the same command once before and once after that. */
async function purgeInFile(context: Context, name: string, config: string): Promise<ExitCode> {
  const { terminal, home, env } = context;
  const step = await (await inFile(context, config)).purge(name, () => operatorsServers(home, env));
  if (terminal.json) {
    const { done, ...rest } = step;
    terminal.printJson({ revoked: name, purged: done, ...rest });
  } else if (step.done) {
    terminal.print(`Deleted ${plain(name)} and the ${step.streams} streams that it had.`);
    terminal.print("Have each server read the file once more: nats-server --signal reload.");
  } else {
    terminal.print(`Revoked ${plain(name)}; what it has stored is still there. ${RELOAD}`);
    const again = `NATS_URL=... vibewriter tenant revoke ${plain(name)} --purge --config ${plain(config)}`;
    terminal.print(`Then the same again, which deletes it: ${again}`);
  }
  return EXIT.done;
}

/** `vibewriter tenant user add TENANT USER --role ROLE`. */
export async function tenantUserAdd(context: Context, name: string, user: string, o: UserOptions): Promise<ExitCode> {
  const { config, role, agent, out } = o;
  const body = { user, role, agent, folder: folderOf(context, name, out) };
  let made: MadeUser[];
  let url: string | undefined;
  if (config) made = [(await (await inFile(context, config)).addUser(name, body)).made];
  else ({ made, url } = await (await connect(context)).tenants.addUser(name, body));
  const { terminal } = context;
  if (terminal.json) terminal.printJson({ made, url });
  else {
    printUse(context, made, url);
    if (config !== undefined) terminal.print(RELOAD);
  }
  return EXIT.done;
}

/** `vibewriter tenant user revoke TENANT USER`. */
export async function tenantUserRevoke(
  context: Context,
  name: string,
  user: string,
  { config }: Where,
): Promise<ExitCode> {
  const { terminal } = context;
  if (config) await (await inFile(context, config)).revokeUser(name, user);
  else await (await connect(context)).tenants.revokeUser(name, user);
  if (terminal.json) terminal.printJson({ revoked: user, tenant: name });
  else {
    terminal.print(`${plain(user)} of ${plain(name)} is let in no more.`);
    if (config !== undefined) terminal.print(RELOAD);
  }
  return EXIT.done;
}

/** `vibewriter tenant prepare`: makes the streams of the account whose operator the settings name. */
export async function tenantPrepare(context: Context, o: { choir?: boolean }): Promise<ExitCode> {
  await prepareTenant(context.home, context.env, { choir: o.choir ?? false });
  if (context.terminal.json) context.terminal.printJson({ prepared: o.choir ? "choir" : "tenant" });
  else context.terminal.print("Its streams are there.");
  return EXIT.done;
}

const RELOAD =
  "Have each server read it, twice: nats-server --signal reload (an account's imports come with the second).";

function afterwards(name: string, made: readonly MadeUser[]): string[] {
  const operator = made.find(({ user }) => user.role === "operator");
  return [
    RELOAD,
    ...(operator
      ? [`Then make its streams: NATS_URL=... VIBEWRITER_NATS_NKEY=${plain(operator.path)} vibewriter tenant prepare`]
      : []),
    `Before the first tenant ${plain(name)} can publish, once: VIBEWRITER_NATS_NKEY=<folder of FILE>/choir.nk vibewriter tenant prepare --choir`,
  ];
}

/** With tenants the home's server divides NATS into accounts when it starts; the first tenant needs that start. */
async function withTenants<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== "tenants_off") throw error;
  }
  const { activeRuns } = await (await connect(context)).health();
  if (activeRuns > 0) {
    throw new UsageError(
      "The first tenant needs a restart of the server, and runs are active; wait until they have finished.",
    );
  }
  context.terminal.note("Restarting the server: NATS is divided into accounts");
  await stopServer(context.home);
  await enableHomeTenants(context.home);
  return await work();
}

async function listOfHome(context: Context): Promise<Tenant[]> {
  try {
    return await (await connect(context)).tenants.list();
  } catch (error) {
    if (codeOf(error) === "tenants_off") return [];
    throw error;
  }
}

async function inFile(context: Context, config: string) {
  const tenants = await tenantsInFile(resolve(context.cwd, config));
  if (tenants.renewed) {
    context.terminal.note(
      `${plain(config)} was of an older version and is written anew: its clients need it. ${RELOAD}`,
    );
  }
  return tenants;
}

function folderOf(context: Context, name: string, out: string | undefined): string {
  if (out !== undefined) return resolve(context.cwd, out);
  // The name becomes a folder before the server has judged it.
  if (!/^[a-z0-9-]+$/.test(name)) throw new UsageError(`"${plain(name)}" cannot name a tenant: use a-z, 0-9 and "-".`);
  return join(context.home, "tenants", name);
}

function limitLines({ limits }: Tenant): string[] {
  return [
    `  storage ${bytesText(limits.storageBytes)}, ${limits.streams} streams, ${limits.consumers} consumers,`,
    `  ${limits.connections} connections, messages of at most ${bytesText(limits.payloadBytes)}`,
  ];
}

function printUse({ terminal }: Context, made: readonly MadeUser[], url: string | undefined): void {
  for (const { user, path } of made) {
    if (user.agent !== undefined) {
      // No command of ours works with an agent's account: it is for a graph of one's own.
      const o = `{ agent: "${plain(user.agent)}", credentials: { nkeyFile: "${plain(path)}" } }`;
      terminal.print(`agent: NatsSaver.fromUrl("${url ?? "nats://..."}", ${o})`);
      continue;
    }
    const command = user.role === "worker" ? " vibewriter worker" : "";
    terminal.print(`${user.role}: NATS_URL=${url ?? "..."} VIBEWRITER_NATS_NKEY=${plain(path)}${command}`);
  }
}
