import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ANOTHER_HOME, requireSpace } from "../disk.js";
import { codeOf } from "../errors.js";

/** What was kept of a home before it was migrated. */
export interface Backup {
  /** Its folder's name: `state-<version>-<time>`. */
  readonly name: string;
  readonly path: string;
  /** What it takes of the disk, in bytes. */
  readonly bytes: number;
  readonly at: Date;
}

/** How many are kept; older ones go when another migration is finished. */
const KEPT = 2;
/** After so long `gc` takes them: whoever wanted to go back has done so. */
const OLD_MS = 30 * 86_400_000;
const PARTIAL = ".partial";
const NAME = /^state-\d+-[0-9TZ]+$/;
const BLOCK_BYTES = 512;
/** Beside the copy itself, so that the home can go on working. */
const MARGIN_BYTES = 64 * 1024 * 1024;

/**
 * The backups of a home, in `<home>/backups`: copies of its JetStream folder, made while no nats-server has it open. Not hard links: nats-server
 * writes on in the files that it has, and a link would change with them. Where the file system can share blocks (Btrfs, XFS), a copy takes no space.
 */
export class Backups {
  readonly #home: string;
  readonly #folder: string;

  constructor(home: string) {
    this.#home = home;
    this.#folder = join(home, "backups");
  }

  /**
   * Copies what NATS keeps in the home, whole or not at all, and returns the name of the backup.
   * @throws ServerError `disk_full` before anything is written
   */
  async make(version: number): Promise<string> {
    const data = join(this.#home, "nats", "jetstream");
    const bytes = await allocated(data);
    await requireSpace(this.#home, bytes + MARGIN_BYTES, {
      what: "the backup before a migration",
      instead: ANOTHER_HOME,
    });
    const name = `state-${version}-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
    const path = join(this.#folder, name);
    await rm(`${path}${PARTIAL}`, { recursive: true, force: true });
    await copy(data, join(`${path}${PARTIAL}`, "jetstream"));
    await rename(`${path}${PARTIAL}`, path);
    return name;
  }

  /** Those that are whole, the newest first. */
  async list(): Promise<Backup[]> {
    const names = (await namesIn(this.#folder)).filter((name) => NAME.test(name));
    const backups = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        return { name, path, bytes: await allocated(path), at: (await stat(path)).mtime };
      }),
    );
    // By the time in the name, whatever the version before it.
    return backups.sort((a, b) => timeOf(b.name).localeCompare(timeOf(a.name)));
  }

  /** Removes those that are older than 30 days, or says which they are. */
  async removeOld({ dryRun }: { dryRun: boolean }): Promise<Backup[]> {
    const old = (await this.list()).filter(({ at }) => Date.now() - at.getTime() > OLD_MS);
    if (!dryRun) for (const { path } of old) await rm(path, { recursive: true, force: true });
    return old;
  }

  /** Removes all but the last two, and what a backup that was cut off has left. */
  async prune(): Promise<void> {
    const old = (await this.list()).slice(KEPT).map(({ path }) => path);
    const cut = (await namesIn(this.#folder)).filter((name) => name.endsWith(PARTIAL));
    for (const path of [...old, ...cut.map((name) => join(this.#folder, name))])
      await rm(path, { recursive: true, force: true });
  }
}

function timeOf(name: string): string {
  return name.slice(name.lastIndexOf("-") + 1);
}

async function copy(from: string, to: string): Promise<void> {
  const stats = await lstat(from);
  if (!stats.isDirectory()) return await copyFile(from, to, constants.COPYFILE_FICLONE);
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of await readdir(from)) await copy(join(from, name), join(to, name));
}

/** What a folder takes of the disk, in bytes; 0 if it is not there. */
async function allocated(path: string): Promise<number> {
  const stats = await lstat(path).catch(unlessGone);
  if (stats === undefined) return 0;
  let bytes = stats.blocks * BLOCK_BYTES;
  if (stats.isDirectory()) for (const name of await namesIn(path)) bytes += await allocated(join(path, name));
  return bytes;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessGone)) ?? [];
}

function unlessGone(error: unknown): undefined {
  if (codeOf(error) !== "ENOENT") throw error;
}
