import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, chown, copyFile, link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { fileDigest } from "../file-digest.js";
import { hasCode, readJson, writeJson } from "../home.js";
import { explainFailure } from "./failure.js";
import { stepEnvironment, writeInputs } from "./inputs.js";
import { type NamespaceOptions, owner, runInNamespace } from "./namespace.js";
import type { Recipe } from "./recipe.js";
import { type Architecture, type ImageFile, type ImageRecord, writeImageRecord } from "./record.js";
import { inImage, pack, unpack, workFolder, writeWhiteouts } from "./steps.js";

/** What an image is built on: files of the home, lowest first. */
export interface Ground {
  base: { path: string; digest: string };
  layers: { path: string; digest: string }[];
}

export interface BuildProgress {
  /** What is being done, as a sentence's beginning: "Fetching packages". */
  step: string;
  /** What the program that does it just said. */
  line?: string;
}

const stepMs = 1_800_000;
const searchPath = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const workFile = "work.json";
const workRecord = z.object({ work: z.string() });
const workName = /^vibewriter-image-[0-9a-f]{16}$/;

/**
 * Makes an image in `<directory>.making` and puts it at `directory` in one step, in the place of what is there. Throws MicroVMError
 * `image_failed`, `cancelled`, `timed_out`, `no_space`, `requirement_missing`; nothing of it is kept then.
 */
export async function makeImage(o: {
  recipe: Recipe;
  recipeDigest: string;
  architecture: Architecture;
  ground: Ground;
  directory: string;
  signal: AbortSignal;
  onProgress: (progress: BuildProgress) => void;
}): Promise<ImageRecord> {
  const making = `${o.directory}.making`;
  const whole = join(making, "whole");
  const work = join(tmpdir(), `vibewriter-image-${randomBytes(8).toString("hex")}`);
  await mkdir(whole, { recursive: true, mode: 0o700 });
  try {
    // Written before the folder exists, so that one left behind by a crash is found.
    await writeJson(join(making, workFile), { work });
    await buildLayer(o, work);
    const record = await collect(o, work, whole);
    await rm(o.directory, { recursive: true, force: true });
    await rename(whole, o.directory);
    return record;
  } finally {
    await removeWork(work);
    await rm(making, { recursive: true, force: true });
  }
}

/** Removes what a build that was cut short left behind. Nobody else may be building this image. */
export async function removeMaking(making: string): Promise<void> {
  const left = await readJson(join(making, workFile), workRecord);
  if (left !== undefined && workName.test(basename(left.work))) await removeWork(left.work);
  await rm(making, { recursive: true, force: true });
}

async function buildLayer(o: Parameters<typeof makeImage>[0], work: string): Promise<void> {
  const { recipe, signal } = o;
  const lowers = [o.ground.base, ...o.ground.layers].map(({ path }) => path);
  const inputs = join(work, "in");
  const run = async (step: string, options: Pick<NamespaceOptions, "root" | "argv" | "env" | "network">) => {
    o.onProgress({ step });
    const onLine = (line: string) => o.onProgress({ step, line });
    const folders = { [workFolder]: work };
    try {
      await runInNamespace({ ...options, folders, timeoutMs: stepMs, signal, onLine });
    } catch (error) {
      throw explainFailure(error, step);
    }
  };
  o.onProgress({ step: "Preparing" });
  await mkdir(work, { mode: 0o700 });
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(work, owner.uid, owner.gid);
  await writeInputs({ folder: inputs, recipe, lowers });
  const tools = { root: "/", env: { PATH: searchPath }, network: false };
  const image = { root: join(work, "lower0"), env: stepEnvironment(recipe, inputs) };
  await run("Unpacking the image below", { ...tools, argv: unpack(lowers.length) });
  if ([recipe.apt, recipe.pip, recipe.npm].some((list) => list.length > 0))
    await run("Fetching packages", { ...image, argv: inImage("fetch", lowers.length), network: true });
  await run("Installing packages and files", { ...image, argv: inImage("install", lowers.length), network: false });
  await run("Packing", { ...image, argv: writeWhiteouts(lowers.length), network: false });
  await run("Packing", { ...tools, argv: pack() });
}

/** Lays the files of the image into `whole`: its own layer, and links to those that it stands on. */
async function collect(o: Parameters<typeof makeImage>[0], work: string, whole: string): Promise<ImageRecord> {
  const { recipe, ground } = o;
  const take = async (name: string, source: { path: string; digest: string }): Promise<ImageFile> => {
    const path = join(whole, name);
    await linkOrCopy(source.path, path);
    return { name, bytes: (await stat(path)).size, digest: source.digest };
  };
  const base = await take("base.erofs", ground.base);
  const layers: ImageFile[] = [];
  for (const [i, layer] of ground.layers.entries()) layers.push(await take(`layer${i}.erofs`, layer));
  const own = join(whole, `layer${layers.length}.erofs`);
  await copyFile(join(work, "layer.erofs"), own, constants.COPYFILE_FICLONE);
  // The namespace of a later build on top of this one reads it as another user.
  await chmod(own, 0o644);
  await syncFile(own);
  layers.push({ name: basename(own), bytes: (await stat(own)).size, digest: await fileDigest(own) });
  const digests = [base, ...layers].map(({ digest }) => digest);
  const record: ImageRecord = {
    version: 1,
    name: recipe.name,
    from: recipe.from,
    architecture: o.architecture,
    recipe: o.recipeDigest,
    digest: createHash("sha256").update(JSON.stringify(digests)).digest("hex"),
    base,
    layers,
    adds: { apt: recipe.apt, pip: recipe.pip, npm: recipe.npm, files: Object.keys(recipe.files) },
    createdAt: new Date().toISOString(),
  };
  await writeImageRecord(whole, record);
  return record;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, "EXDEV") && !hasCode(error, "EPERM")) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Files in it may belong to ids that only its namespace can remove files of. */
async function removeWork(work: string): Promise<void> {
  try {
    await rm(work, { recursive: true, force: true });
  } catch (error) {
    if (!hasCode(error, "EACCES") && !hasCode(error, "EPERM")) throw error;
    const argv = ["find", workFolder, "-mindepth", "1", "-delete"];
    const signal = new AbortController().signal;
    const folders = { [workFolder]: work };
    await runInNamespace({
      root: "/",
      folders,
      argv,
      env: { PATH: searchPath },
      network: false,
      timeoutMs: stepMs,
      signal,
    });
    await rm(work, { recursive: true, force: true });
  }
}
