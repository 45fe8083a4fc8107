import { readdir, realpath, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type HomePaths, hasCode } from "../home.js";
import { Lock } from "../lock.js";
import { allocatedBytes } from "../space/df.js";

/** A template that was used by anybody in this time is kept: homes may share a cache, and another one's VMs are not seen from here. */
const recentMs = 7 * 24 * 3_600_000;
const markEveryMs = 3_600_000;
const templateName = /^[0-9a-f]{32}$/;

/** Notes that a template was used now. The folder's own time is the note: it changes at no other time once the template is there. */
export async function markUsed(directory: string): Promise<void> {
  const now = new Date();
  try {
    if (now.getTime() - (await stat(directory)).mtimeMs > markEveryMs) await utimes(directory, now, now);
  } catch (error) {
    // Removed meanwhile, or somebody else's folder that is only lent: it is used all the same.
    if (!hasCode(error, "ENOENT") && !hasCode(error, "EPERM") && !hasCode(error, "EROFS")) throw error;
  }
}

/** Removes the templates that are not in `keep` and were not used lately; with `dryRun`, only names them. */
export async function sweepTemplates(
  { templates }: HomePaths,
  o: { keep: ReadonlySet<string>; dryRun: boolean },
): Promise<{ path: string; bytes: number }[]> {
  const swept: { path: string; bytes: number }[] = [];
  const folder = await realpath(templates);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!templateName.test(name) || o.keep.has(name)) continue;
    if (Date.now() - (await stat(path)).mtimeMs < recentMs) continue;
    // Whoever builds it holds this lock.
    await using lock = await Lock.tryTake(path);
    if (lock === undefined) continue;
    swept.push({ path, bytes: await allocatedBytes(path) });
    if (!o.dryRun) await rm(path, { recursive: true, force: true });
  }
  return swept;
}
