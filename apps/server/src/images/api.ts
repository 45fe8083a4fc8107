import { isAbsolute } from "node:path";
import { z } from "zod";

/** What is said of images between the owner process and its clients. Sizes are bytes, times ISO 8601. */

const packages = z.array(z.string());

export const Image = z.object({
  name: z.string(),
  /** What it stands on: `base` or another image. */
  from: z.string(),
  architecture: z.enum(["x86_64", "arm64"]),
  digest: z.string(),
  /** What removing it gives back. */
  bytes: z.number(),
  adds: z.object({ apt: packages, pip: packages, npm: packages, files: packages }),
  createdAt: z.string(),
  /** VMs and snapshots that stand on it. */
  users: z.array(z.string()),
});
export type Image = z.infer<typeof Image>;
export const ImagesAnswer = z.object({ images: z.array(Image) });

export const ImageBuild = z.strictObject({
  /** The image file, which the server reads; absolute, because the server has another working folder. */
  file: z.string().refine(isAbsolute, "The path of the image file must be absolute."),
});
export type ImageBuild = z.infer<typeof ImageBuild>;

export const ImageProgress = z.object({ step: z.string(), line: z.string().optional() });
export type ImageProgress = z.infer<typeof ImageProgress>;

/** `built`: false for an image that was there already from the same recipe. */
export const ImageBuilt = z.object({ image: Image, built: z.boolean() });
export type ImageBuilt = z.infer<typeof ImageBuilt>;
