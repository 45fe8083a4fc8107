import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Of } from "./digest.mjs";

const STAMP = "digest.json";

/** What is kept under `<home>/cache/<kind>/<key>/`: built beside, checked by its stamp, moved into place in one step. */
export class Cache {
  #folder;

  constructor(home) {
    this.#folder = join(home, "cache");
  }

  path(kind, key) {
    return join(this.#folder, kind, key);
  }

  /**
   * The folder of an entry if it is whole, else `undefined`. Cheap: sizes and times only; a file whose time alone
   * differs (a restored backup) is hashed.
   */
  async find(kind, key) {
    const folder = this.path(kind, key);
    const stamp = await readStamp(folder);
    if (!stamp) return undefined;
    for (const [name, file] of Object.entries(stamp.files)) {
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (!found?.isFile() || found.size !== file.size) return undefined;
      if (found.mtimeMs === file.mtimeMs) continue;
      if ((await sha256Of(join(folder, name))) !== file.sha256) return undefined;
      file.mtimeMs = found.mtimeMs;
      await writeStamp(folder, stamp);
    }
    return folder;
  }

  /**
   * Names of the files of an entry whose bytes are not what was built, by reading them all; `undefined` without entry.
   * A damaged entry loses its stamp, so that the next set-up builds it again.
   */
  async damaged(kind, key) {
    const folder = this.path(kind, key);
    const stamp = await readStamp(folder);
    if (!stamp) return undefined;
    const damaged = [];
    for (const [name, file] of Object.entries(stamp.files)) {
      const sha256 = await sha256Of(join(folder, name)).catch(() => undefined);
      if (sha256 !== file.sha256) damaged.push(name);
    }
    if (damaged.length > 0) await rm(join(folder, STAMP), { force: true });
    return damaged;
  }

  /**
   * Builds an entry: `build(folder)` fills an empty folder, which then replaces whatever stood at the key. Nothing is
   * left if it fails.
   */
  async make(kind, key, build) {
    const beside = join(this.#folder, kind);
    await mkdir(beside, { recursive: true });
    const work = join(beside, `.tmp-${process.pid}-${key}`);
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    try {
      await build(work);
      const files = {};
      for (const entry of (await readdir(work, { withFileTypes: true, recursive: true })).filter((e) => e.isFile())) {
        const path = join(entry.parentPath ?? entry.path, entry.name);
        const { size, mtimeMs } = await stat(path);
        files[path.slice(work.length + 1)] = { size, mtimeMs, sha256: await sha256Of(path) };
      }
      await writeStamp(work, { version: 1, files });
      const folder = this.path(kind, key);
      await rm(folder, { recursive: true, force: true });
      await rename(work, folder);
      return folder;
    } catch (error) {
      // A program that was just ended may write a last time.
      await rm(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
      throw error;
    }
  }

  /** Removes what a set-up that was killed left half built. Call it only while holding the set-up's lock. */
  async sweep() {
    for (const kind of await readdir(this.#folder).catch(() => [])) {
      const names = await readdir(join(this.#folder, kind)).catch(() => []); // A plain file has no names.
      for (const name of names.filter((n) => /^\.tmp-|\.part-\d+$/.test(n))) {
        await rm(join(this.#folder, kind, name), { recursive: true, force: true });
      }
    }
  }
}

async function readStamp(folder) {
  try {
    const stamp = JSON.parse(await readFile(join(folder, STAMP), "utf8"));
    const files = Object.values(stamp.files);
    const whole = files.every((f) => Number.isInteger(f.size) && typeof f.sha256 === "string");
    return stamp.version === 1 && files.length > 0 && whole ? stamp : undefined;
  } catch {
    return undefined; // Absent or damaged: either way the entry has to be built.
  }
}

async function writeStamp(folder, stamp) {
  const path = join(folder, STAMP);
  await writeFile(`${path}.part`, `${JSON.stringify(stamp, null, 1)}\n`);
  await rename(`${path}.part`, path);
}
