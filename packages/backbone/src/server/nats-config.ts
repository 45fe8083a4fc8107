import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { z } from "zod";
import { BackboneError } from "../errors.js";
import { CHOIR_ACCOUNT, CHOIR_STREAM, choirImports, HOME_ACCOUNT, renderAccounts } from "../tenants/accounts.js";
import { readRegister } from "../tenants/register.js";
import { atLeast } from "./nats-binary.js";
import { writeAtomically } from "./run-file.js";

const accessSchema = z.object({
  port: z.number().int().min(1).max(65_535),
  user: z.string().min(1),
  password: z.string().min(16),
});

/** How the embedded server is reached. Kept in the home (0600) so that it stays the same over restarts. */
export type Access = z.infer<typeof accessSchema>;

/** Reads `<runDir>/nats.access.json`, or makes one with a free port and a random password. */
export async function loadAccess(runDir: string): Promise<Access> {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const path = join(runDir, "nats.access.json");
  try {
    return accessSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // Absent or unreadable: nothing is lost with it, new access is as good.
    return await saveAccess(runDir, {
      port: await freePort(),
      user: "vibewriter",
      password: randomBytes(24).toString("base64url"),
    });
  }
}

/** Moves the server to another free port, for when something else took ours while it was down. */
export async function moveToFreePort(runDir: string, access: Access): Promise<Access> {
  return await saveAccess(runDir, { ...access, port: await freePort() });
}

/** True if the port can be bound on 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => resolve(true));
  });
  const answer = await free;
  if (answer) await new Promise((resolve) => server.close(resolve));
  return answer;
}

/** Files of the embedded server that say which tenants it has. */
export function tenantFiles(runDir: string): { registerPath: string; includePath: string; keeperPath: string } {
  return {
    registerPath: join(runDir, "tenants.json"),
    includePath: join(runDir, "tenants.conf"),
    keeperPath: join(runDir, "choir.nk"),
  };
}

/** More than any disk: what is promised to tenants is not held against what is free now, or the server would not start. */
const NO_BOUND = 2 ** 60;

/**
 * Writes `<runDir>/nats.conf` and returns its path. JetStream on files in `dataDir`; every acknowledged write is on
 * the disk (`sync_interval: always`, known from 2.10 on). With a register of tenants each has its account and the home
 * one of its own, without one the server's own account has everything.
 * @throws BackboneError `bad_config` for a damaged register, or one on a server before 2.10
 */
export async function writeConfig(o: {
  runDir: string;
  dataDir: string;
  access: Access;
  version: string;
}): Promise<string> {
  const q = (value: string) => JSON.stringify(value);
  const isRecent = atLeast(o.version, 2, 10);
  const user = `{ user: ${q(o.access.user)}, password: ${q(o.access.password)} }`;
  const register = await readRegister(tenantFiles(o.runDir).registerPath);
  if (register && !isRecent) throw tooOld(o.version);
  if (register) await writeAtomically(tenantFiles(o.runDir).includePath, renderAccounts(register));
  const lines = [
    `listen: ${q(`127.0.0.1:${o.access.port}`)}`,
    'server_name: "vibewriter"',
    ...(register
      ? [
          "accounts {",
          `  ${HOME_ACCOUNT}: { jetstream: enabled, users: [${user}], imports: ${JSON.stringify(choirImports())} }`,
          '  include "tenants.conf"',
          "}",
        ]
      : [`authorization ${user}`]),
    `jetstream {`,
    `  store_dir: ${q(o.dataDir)}`,
    "  max_memory_store: 64MB",
    ...(register ? [`  max_file_store: ${NO_BOUND}`] : []),
    ...(isRecent ? ["  sync_interval: always"] : []),
    `}`,
    `log_file: ${q(join(o.runDir, "nats.log"))}`,
    ...(isRecent ? ["logfile_size_limit: 4MB", "logfile_max_num: 2"] : []),
  ];
  const path = join(o.runDir, "nats.conf");
  await writeAtomically(path, `${lines.join("\n")}\n`);
  return path;
}

/**
 * Before the first start with tenants: what the server's own account had becomes the home's, and what was published the
 * Choir's. Two renames, and any number of calls.
 */
export async function divideStore(o: { runDir: string; dataDir: string }): Promise<void> {
  if (!(await readRegister(tenantFiles(o.runDir).registerPath))) return;
  const of = (account: string) => join(o.dataDir, "jetstream", account);
  await moveUnlessThere(of("$G"), of(HOME_ACCOUNT));
  const stream = join("streams", CHOIR_STREAM);
  await moveUnlessThere(join(of(HOME_ACCOUNT), stream), join(of(CHOIR_ACCOUNT), stream));
}

async function moveUnlessThere(from: string, to: string): Promise<void> {
  if (!existsSync(from) || existsSync(to)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rename(from, to);
}

function tooOld(version: string): BackboneError {
  return new BackboneError(
    "bad_config",
    `nats-server ${version} (the degraded tier) cannot keep tenants within limits; use 2.12 or later (full), at least 2.10.`,
  );
}

async function saveAccess(runDir: string, access: Access): Promise<Access> {
  await writeAtomically(join(runDir, "nats.access.json"), `${JSON.stringify(access)}\n`);
  return access;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return address.port;
}
