import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ImageFiles } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";
import { type HomePaths, hasCode } from "../home.js";
import { type Architecture, damagedFile, type ImageRecord, readImageRecord } from "./record.js";

/** What a VM on an image boots from. */
export interface ResolvedImage {
  files: ImageFiles;
  /** Read-only erofs files over `files.base`, lowest first; those of a template go over them. */
  layers: string[];
}

/** What a list of images shows. */
export interface ImageInfo {
  name: string;
  from: string;
  architecture: Architecture;
  digest: string;
  /** What removing it gives back. The base below it is shared with the other images as long as they are from the same set-up. */
  bytes: number;
  adds: ImageRecord["adds"];
  createdAt: string;
  /** VMs and snapshots that stand on it. */
  users: string[];
}

/** The image that is always there: the one that the home was opened with. */
export const baseName = "base";
export const imageName = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * The images of a home: each is the base of the day on which it was built with layers over it, in a folder of its own, so that it
 * outlives a new base and the image that it was made from.
 */
export class ImageRegistry {
  readonly #base: ImageFiles;
  readonly #paths: HomePaths;
  readonly #usersOf: (name: string) => Promise<string[]>;

  /** `usersOf` names the VMs and snapshots that stand on an image. */
  constructor(o: { paths: HomePaths; base: ImageFiles; usersOf: (name: string) => Promise<string[]> }) {
    this.#base = o.base;
    this.#paths = o.paths;
    this.#usersOf = o.usersOf;
  }

  /**
   * The files of an image; of the base if it has no name. Kernel and initramfs are always those of the base of today: they belong to the
   * guest agent, not to the file system. Throws MicroVMError `not_found`, `requirement_missing` for one whose files are damaged.
   */
  async resolve(name: string | undefined): Promise<ResolvedImage> {
    if (name === undefined || name === baseName) return { files: this.#base, layers: [] };
    const record = await this.#record(name);
    const directory = this.#directory(name);
    const damaged = await damagedFile(directory, record);
    if (damaged !== undefined) {
      const text = `${damaged} of the image ${name} is missing or damaged; build the image again: vibewriter image build FILE.`;
      throw new MicroVMError("requirement_missing", text);
    }
    const digest = createHash("sha256").update(`${this.#base.digest} ${record.base.digest}`).digest("hex");
    const files = { ...this.#base, base: join(directory, record.base.name), digest };
    return { files, layers: record.layers.map((layer) => join(directory, layer.name)) };
  }

  /** By name. */
  async list(): Promise<ImageInfo[]> {
    const names = (await entries(this.#paths.images)).filter((name) => imageName.test(name)).sort();
    const records = await Promise.all(names.map((name) => readImageRecord(this.#directory(name))));
    const whole = records.filter((record) => record !== undefined);
    return await Promise.all(whole.map((record) => this.#info(record)));
  }

  /** Throws MicroVMError `not_found`, `image_in_use` while a VM or snapshot stands on it. */
  async remove(name: string): Promise<void> {
    await this.#record(name);
    await this.#refuseUsed(name, "Destroy them first, or keep the image");
    await rm(this.#directory(name), { recursive: true, force: true });
  }

  async #refuseUsed(name: string, advice: string): Promise<void> {
    const users = await this.#usersOf(name);
    if (users.length === 0) return;
    const named = users.slice(0, 5).join(", ") + (users.length > 5 ? " and others" : "");
    throw new MicroVMError("image_in_use", `The image ${name} is in use by ${named}. ${advice}.`);
  }

  async #record(name: string): Promise<ImageRecord> {
    const record = imageName.test(name) ? await readImageRecord(this.#directory(name)) : undefined;
    if (record !== undefined) return record;
    throw new MicroVMError("not_found", `There is no image ${name}; see \`vibewriter image list\`, or build it.`);
  }

  async #info(record: ImageRecord): Promise<ImageInfo> {
    const { name, from, architecture, digest, adds, createdAt } = record;
    const bytes = record.layers.at(-1)?.bytes ?? 0;
    return { name, from, architecture, digest, bytes, adds, createdAt, users: await this.#usersOf(name) };
  }

  #directory(name: string): string {
    return join(this.#paths.images, name);
  }
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}
