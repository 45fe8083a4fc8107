import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** `full`: everything this project uses. `degraded`: works, but see {@link tierOf}. */
export type NatsTier = "full" | "degraded";

export interface NatsBinary {
  path: string;
  version: string;
  tier: NatsTier;
}

/**
 * Finds a nats-server: `$NATS_SERVER_BIN`, then PATH, then what the set-up keeps in `<home>/cache/nats-server/`.
 * A full-tier binary anywhere wins over a degraded one, except that `$NATS_SERVER_BIN` is taken as it is.
 * `undefined` if there is none that answers `--version`.
 */
export async function findNatsServer(o: { home: string; env?: NodeJS.ProcessEnv }): Promise<NatsBinary | undefined> {
  const env = o.env ?? process.env;
  const named = env.NATS_SERVER_BIN;
  if (named) return await inspectNatsServer(named);

  const onPath = (env.PATH ?? "").split(delimiter).filter(Boolean);
  // Debian installs to /usr/sbin, which is not on the PATH of an ordinary user.
  const folders = [...new Set([...onPath, "/usr/sbin", join(env.HOME ?? homedir(), "go", "bin")])];
  const candidates = [...folders.map((folder) => join(folder, "nats-server")), ...(await cached(o.home))];

  let degraded: NatsBinary | undefined;
  for (const candidate of candidates) {
    const found = await inspectNatsServer(candidate);
    if (found?.tier === "full") return found;
    degraded ??= found;
  }
  return degraded;
}

/** Runs `path --version`; `undefined` if it is not an executable nats-server that answers within 5 s. */
export async function inspectNatsServer(path: string): Promise<NatsBinary | undefined> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: 5_000 });
    const version = /v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
    return version === undefined ? undefined : { path, version, tier: tierOf(version) };
  } catch {
    // Not there, not executable, not a nats-server: all the same answer, "not this one".
    return undefined;
  }
}

/**
 * From 2.12 on a server is `full`. Older ones work, but acknowledge before the bytes are on the disk (before 2.10)
 * and lack atomic batches, so they are `degraded`.
 */
export function tierOf(version: string): NatsTier {
  return atLeast(version, 2, 12) ? "full" : "degraded";
}

/** What a person should know of a `degraded` server of this version; `undefined` for a `full` one. */
export function tierWarning(version: string): string | undefined {
  if (tierOf(version) === "full") return undefined;
  const cost = atLeast(version, 2, 10)
    ? "checkpoints are read more slowly, and expired memories are swept up later"
    : "a power failure may lose the last two minutes, and tenants cannot be kept within limits";
  return `nats-server ${version} is the degraded tier: ${cost}; use 2.12 or later.`;
}

/** True if `version` ("2.12.15", "v2.10.27-RC.1") is at least `major.minor`. */
export function atLeast(version: string, major: number, minor: number): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const [foundMajor, foundMinor] = [Number(match[1]), Number(match[2])];
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

async function cached(home: string): Promise<string[]> {
  const folder = join(home, "cache", "nats-server");
  try {
    const keys = await readdir(folder);
    return keys.sort().map((key) => join(folder, key, "nats-server"));
  } catch {
    return []; // No cache yet.
  }
}
