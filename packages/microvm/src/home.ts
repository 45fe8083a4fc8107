import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { MicroVMError } from "./errors.js";

/** Where the orchestrator keeps things under a home. */
export interface HomePaths {
  home: string;
  vms: string;
  /** Machines that wait for a VM that is to be created from them; none outlives its owner. */
  pool: string;
  snapshots: string;
  /** Sockets, and nothing else; cleared by whoever owns the home. */
  run: string;
  /** The images that were built, each in a folder of its name. */
  images: string;
  templates: string;
  cache: string;
}

export function homePaths(home: string): HomePaths {
  const cache = join(home, "cache");
  return {
    home,
    vms: join(home, "vms"),
    pool: join(home, "pool"),
    snapshots: join(home, "snapshots"),
    run: join(home, "run", "vm"),
    images: join(home, "images"),
    templates: join(cache, "templates"),
    cache,
  };
}

/** Creates the folders of a home, readable by their owner alone. */
export async function makeHome(home: string): Promise<HomePaths> {
  const paths = homePaths(home);
  for (const path of Object.values(paths)) await mkdir(path, { recursive: true, mode: 0o700 });
  return paths;
}

/** Replaces a JSON file so that a reader sees the old or the new content. `durable`: it survives a power cut too. */
export async function writeJson(path: string, value: unknown, options?: { durable?: boolean }): Promise<void> {
  const beside = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value)}\n`);
      if (options?.durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw spaceError(cause, path);
  }
}

/** What to throw for `cause`, which came of writing to `path`: that a disk is full is said as such. */
export function spaceError(cause: unknown, path: string): unknown {
  if (!hasCode(cause, "ENOSPC") && !hasCode(cause, "EDQUOT")) return cause;
  const text = `The disk is full: ${path} could not be written and is as it was; free some space and try again.`;
  return new MicroVMError("no_space", text, { cause });
}

/** The content of a JSON file, or undefined if it is absent or does not fit `schema`. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** True if `error` is a system error with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
