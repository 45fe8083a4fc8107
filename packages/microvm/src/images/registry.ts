import { createHash } from "node:crypto";
import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ImageFiles } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";
import { fileDigest } from "../file-digest.js";
import { type HomePaths, hasCode } from "../home.js";
import { Lock } from "../lock.js";
import { type BuildProgress, type Ground, makeImage, removeMaking } from "./build.js";
import { type Recipe, readRecipe } from "./recipe.js";
import { recipeDigest } from "./recipe-digest.js";
import { type Architecture, baseName, damagedFile, type ImageRecord, imageName, readImageRecord } from "./record.js";

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

export interface BuildOptions {
  onProgress?: (progress: BuildProgress) => void;
  /** Ends the build; nothing of it is kept. */
  signal?: AbortSignal;
}

/** An image can stand on one that stands on one, and so on, so far. */
const maxLayers = 4;
const makingSuffix = ".making";

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

  /**
   * Builds the image that a file describes (docs/images.md); one that is there already from the same recipe is left as it is. Throws
   * MicroVMError `invalid_argument` that names the line, `not_found` for the file or the image below, `image_failed` that names the package,
   * `image_in_use` if another recipe has the name of an image with users, `cancelled`, `timed_out`, `no_space`, `requirement_missing`.
   */
  async build(file: string, o: BuildOptions = {}): Promise<{ image: ImageInfo; built: boolean }> {
    const recipe = await readRecipe(file);
    const ground = await this.#ground(recipe.from);
    const architecture = architectureOf(process.arch);
    const digests = [ground.base, ...ground.layers].map(({ digest }) => digest);
    const digest = await recipeDigest(recipe, { architecture, ground: digests });
    await using lock = await Lock.tryTake(await lockName(this.#paths, recipe.name));
    if (lock === undefined) throw beingBuilt(recipe);
    const directory = this.#directory(recipe.name);
    const before = await readImageRecord(directory);
    if (before?.recipe === digest && (await damagedFile(directory, before)) === undefined)
      return { image: await this.#info(before), built: false };
    if (before !== undefined) {
      const advice = "Give the new recipe another name, or destroy those first";
      await this.#refuseUsed(recipe.name, advice);
    }
    await removeMaking(`${directory}${makingSuffix}`);
    const signal = o.signal ?? new AbortController().signal;
    const onProgress = o.onProgress ?? (() => undefined);
    const made = await makeImage({ recipe, recipeDigest: digest, architecture, ground, directory, signal, onProgress });
    return { image: await this.#info(made), built: true };
  }

  /** Removes what builds of a dead process left behind. */
  async clearAbandoned(): Promise<void> {
    for (const entry of await entries(this.#paths.images)) {
      if (!entry.endsWith(makingSuffix)) continue;
      await using lock = await Lock.tryTake(await lockName(this.#paths, entry.slice(0, -makingSuffix.length)));
      if (lock !== undefined) await removeMaking(join(this.#paths.images, entry));
    }
  }

  async #ground(from: string): Promise<Ground> {
    if (from === baseName)
      return { base: { path: this.#base.base, digest: await fileDigest(this.#base.base) }, layers: [] };
    await this.resolve(from);
    const { base, layers } = await this.#record(from);
    if (layers.length >= maxLayers) {
      const text = `${from} stands on ${layers.length - 1} other images already; let the new image stand on one of those.`;
      throw new MicroVMError("invalid_argument", text);
    }
    const pathed = ({ name, digest }: { name: string; digest: string }) => ({
      path: join(this.#directory(from), name),
      digest,
    });
    return { base: pathed(base), layers: layers.map(pathed) };
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

function architectureOf(processor: string): Architecture {
  if (processor === "x64") return "x86_64";
  if (processor === "arm64") return "arm64";
  throw new MicroVMError(
    "requirement_missing",
    `There are no images for ${processor}; use a machine with x86-64 or arm64.`,
  );
}

/** The same for every path that leads to the same folder. */
async function lockName({ images }: HomePaths, name: string): Promise<string> {
  await mkdir(images, { recursive: true, mode: 0o700 });
  return `${join(await realpath(images), name)} image`;
}

function beingBuilt({ name }: Recipe): MicroVMError {
  return new MicroVMError("image_in_use", `The image ${name} is being built already; wait for that build to end.`);
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}
