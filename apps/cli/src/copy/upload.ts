import { createReadStream } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { codeOf, type VmsClient } from "@vibewriter/server";
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
 * Copies a file or a folder of this machine into a VM. Links are followed where they are named, and passed over inside a folder. Resolves
 * with the path that it has in the VM.
 */
export async function upload(vms: VmsClient, source: HostPlace, target: VmPlace, tally: Tally): Promise<string> {
  const found = await statOf(source.path);
  const to = await destination(vms, source, target);
  if (found.isFile()) {
    await put({ from: source.path, to });
  } else if (found.isDirectory()) {
    await each(walk({ from: source.path, to }), AT_ONCE, put);
  } else {
    throw neither(plain(source.path));
  }
  return to;

  async function* walk({ from, to }: Pair): AsyncGenerator<Pair> {
    await vms.makeFolder(target.vm, to);
    for await (const entry of await opendir(from)) {
      tally.assertGoesOn();
      const pair = { from: join(from, entry.name), to: posix.join(to, entry.name) };
      if (entry.isDirectory()) yield* walk(pair);
      else if (entry.isFile()) yield pair;
      else tally.skip(pair.from);
    }
  }

  async function put({ from, to }: Pair): Promise<void> {
    const { mode } = await stat(from);
    await vms.writeFile(target.vm, to, mode & 0o777, tally.counted(createReadStream(from)));
    tally.files += 1;
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR")
      throw new UsageError(`There is no ${plain(path)}; check the path.`, { cause });
    throw new UsageError(`${plain(path)} cannot be read; change its permissions.`, { cause });
  }
}

/** As `cp` has it: into a folder that is there, else to that very path. */
async function destination(vms: VmsClient, source: HostPlace, target: VmPlace): Promise<string> {
  const inside = posix.join(target.path, basename(source.path));
  if (target.isFolder) return inside;
  try {
    return (await vms.stat(target.vm, target.path)).type === "directory" ? inside : target.path;
  } catch (error) {
    // The VM itself may be what is not found; then what follows says so too.
    if (codeOf(error) !== "not_found") throw error;
    return target.path;
  }
}
