import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf, ServerError, type VmsClient } from "@vibewriter/server";
import { plain } from "../escape.js";
import { UsageError } from "../exit.js";
import { each } from "./each.js";
import type { HostPlace, VmPlace } from "./place.js";
import { neither, type Tally } from "./tally.js";

const AT_ONCE = 4;

interface Pair {
  readonly from: string;
  readonly to: string;
}

/**
 * Copies a file or a folder of a VM to this machine. Links inside a folder are passed over: what a VM says may not lead anywhere else on this
 * machine. Resolves with the path that it has here.
 */
export async function download(vms: VmsClient, source: VmPlace, target: HostPlace, tally: Tally): Promise<string> {
  const { type } = await vms.stat(source.vm, source.path);
  const to = await destination(source, target);
  if (type === "file") {
    await mkdir(dirname(to), { recursive: true });
    await get({ from: source.path, to });
  } else if (type === "directory") {
    await each(walk({ from: source.path, to }), AT_ONCE, get);
  } else {
    throw neither(plain(source.path));
  }
  return to;

  async function* walk({ from, to }: Pair): AsyncGenerator<Pair> {
    await mkdir(to, { recursive: true });
    const { entries, truncated } = await vms.folder(source.vm, from);
    if (truncated) throw tooMany(from);
    for (const { name, type } of entries) {
      tally.assertGoesOn();
      assertName(name);
      const pair = { from: posix.join(from, name), to: join(to, name) };
      if (type === "directory") yield* walk(pair);
      else if (type === "file") yield pair;
      else tally.skip(pair.from);
    }
  }

  /** Written beside and renamed: what is there is whole, or what was there before. */
  async function get({ from, to }: Pair): Promise<void> {
    const { mode } = await vms.stat(source.vm, from);
    const beside = `${to}.${randomBytes(4).toString("hex")}.part`;
    try {
      const file = createWriteStream(beside, { flags: "wx", mode: mode & 0o777 });
      await pipeline(tally.counted(vms.readFile(source.vm, from)), file);
      await rename(beside, to);
    } finally {
      await rm(beside, { force: true });
    }
    tally.files += 1;
  }
}

/** Throws ServerError for a name that is a path: a guest can say anything. */
function assertName(name: string): void {
  if (name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name)) return;
  throw new ServerError(
    "protocol_violation",
    "The VM names a file as no file can be named; do not trust what is in it.",
  );
}

/** As `cp` has it: into a folder that is there, else to that very path. */
async function destination(source: VmPlace, target: HostPlace): Promise<string> {
  const name = posix.basename(source.path);
  const isFolder = target.isFolder || (await isFolderThere(target.path));
  if (isFolder && name === "") throw new UsageError("The root of a VM has no name; name the folder that it becomes.");
  return isFolder ? join(target.path, name) : target.path;
}

async function isFolderThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return false;
    throw new UsageError(`${plain(path)} cannot be written; choose another path.`, { cause });
  }
}

function tooMany(path: string): UsageError {
  return new UsageError(
    `${plain(path)} has more files than one listing holds; pack it in the VM with tar, and copy the archive.`,
  );
}
