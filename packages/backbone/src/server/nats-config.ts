import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
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

/**
 * Writes `<runDir>/nats.conf` and returns its path. JetStream on files in `dataDir`; every acknowledged write is on
 * the disk (`sync_interval: always`, known from 2.10 on).
 */
export async function writeConfig(o: {
  runDir: string;
  dataDir: string;
  access: Access;
  version: string;
}): Promise<string> {
  const q = (value: string) => JSON.stringify(value);
  const lines = [
    `listen: ${q(`127.0.0.1:${o.access.port}`)}`,
    'server_name: "vibewriter"',
    `authorization { user: ${q(o.access.user)}, password: ${q(o.access.password)} }`,
    `jetstream {`,
    `  store_dir: ${q(o.dataDir)}`,
    "  max_memory_store: 64MB",
    ...(atLeast(o.version, 2, 10) ? ["  sync_interval: always"] : []),
    `}`,
    `log_file: ${q(join(o.runDir, "nats.log"))}`,
    ...(atLeast(o.version, 2, 10) ? ["logfile_size_limit: 4MB", "logfile_max_num: 2"] : []),
  ];
  const path = join(o.runDir, "nats.conf");
  await writeAtomically(path, `${lines.join("\n")}\n`);
  return path;
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
