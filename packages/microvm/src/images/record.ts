import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, readJson, writeJson } from "../home.js";

/** The image that is always there: the one that the home was opened with. */
export const baseName = "base";
export const imageName = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The processors that images are built for. */
export type Architecture = "x86_64" | "arm64";

const file = z.object({ name: z.string().regex(/^[a-z0-9.]+$/), bytes: z.number().int(), digest: z.string() });

const imageRecord = z.object({
  version: z.literal(1),
  name: z.string(),
  /** What it stands on: `base`, or the image that its layers were taken from. */
  from: z.string(),
  architecture: z.enum(["x86_64", "arm64"]),
  /** SHA-256 of all that the image was made from: the same recipe again makes nothing. */
  recipe: z.string(),
  /** SHA-256 of all that is in it. */
  digest: z.string(),
  base: file,
  /** Lowest first; the last one is its own, the others are those of the image that it stands on. */
  layers: z.array(file).min(1),
  adds: z.object({
    apt: z.array(z.string()),
    pip: z.array(z.string()),
    npm: z.array(z.string()),
    files: z.array(z.string()),
  }),
  createdAt: z.string(),
});

/** What is written down of an image, in its folder beside its files. */
export type ImageRecord = z.infer<typeof imageRecord>;
export type ImageFile = z.infer<typeof file>;

const fileName = "record.json";

/** The record in an image's folder, or undefined if there is no valid one. */
export function readImageRecord(directory: string): Promise<ImageRecord | undefined> {
  return readJson(join(directory, fileName), imageRecord);
}

/** Written last: a folder with a record is a whole image. */
export function writeImageRecord(directory: string, record: ImageRecord): Promise<void> {
  return writeJson(join(directory, fileName), record, { durable: true });
}

/** The first file of the image that is not there or not as long as on record. */
export async function damagedFile(directory: string, record: ImageRecord): Promise<string | undefined> {
  for (const { name, bytes } of [record.base, ...record.layers]) {
    const path = join(directory, name);
    try {
      if ((await stat(path)).size !== bytes) return path;
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
      return path;
    }
  }
  return undefined;
}
