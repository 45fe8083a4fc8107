import type { Stats } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type HomePaths, hasCode } from "../home.js";
import { diskName } from "../vm/disk.js";

/** What takes space in a home, in allocated bytes: holes of sparse files take none, and a file with several names counts once. */
export interface DiskUse {
  disks: number;
  /** The saved memories of suspended VMs, and those that resumed ones live from. */
  memories: number;
  snapshots: number;
  templates: number;
  /** Images and layers. */
  images: number;
  /** All else: the streams and indexes of the home, logs, manifests. */
  other: number;
  total: number;
}

type Kind = Exclude<keyof DiskUse, "total">;

const blockBytes = 512;

/** Measures a home. A file that goes away meanwhile counts as nothing. */
export async function measureHome(paths: HomePaths): Promise<DiskUse> {
  const use: DiskUse = { disks: 0, memories: 0, snapshots: 0, templates: 0, images: 0, other: 0, total: 0 };
  const seen = new Set<string>();
  const home = await realpath(paths.home);
  await walk(home, (path, { dev, ino, blocks }) => {
    const name = `${dev}:${ino}`;
    if (seen.has(name)) return;
    seen.add(name);
    const bytes = blocks * blockBytes;
    use[kindOf(path.slice(home.length + 1).split("/"))] += bytes;
    use.total += bytes;
  });
  return use;
}

/** The allocated bytes of a file, or of all files under a folder; 0 if it is not there. */
export async function allocatedBytes(path: string): Promise<number> {
  let total = 0;
  await walk(path, (_, { blocks }) => {
    total += blocks * blockBytes;
  });
  return total;
}

function kindOf([top, second, third]: string[]): Kind {
  if (top === "snapshots" || top === "images") return top;
  if (top === "vms" || top === "pool") {
    if (third === diskName) return "disks";
    return third === "saved" ? "memories" : "other";
  }
  if (top !== "cache") return "other";
  if (second === "templates") return "templates";
  return second?.startsWith("image") || second === "layer" ? "images" : "other";
}

async function walk(path: string, visit: (path: string, stats: Stats) => void): Promise<void> {
  const stats = await unlessGone(lstat(path));
  if (stats === undefined) return;
  visit(path, stats);
  if (!stats.isDirectory()) return;
  const names = (await unlessGone(readdir(path))) ?? [];
  await Promise.all(names.map((name) => walk(join(path, name), visit)));
}

async function unlessGone<T>(looked: Promise<T>): Promise<T | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "EACCES")) return undefined;
    throw error;
  }
}
