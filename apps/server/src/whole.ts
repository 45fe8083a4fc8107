import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { ServerError } from "./errors.js";

/** What the set-up wrote beside the files it made. */
const Stamp = z.object({
  version: z.literal(1),
  files: z.record(z.string(), z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string() })),
});
type FileStamp = z.infer<typeof Stamp>["files"][string];

/**
 * Throws ServerError requirement_missing unless each file is the one that the set-up made: of its size and time, or, where the time
 * alone differs, of its content. A VM over another image fails in ways that say nothing.
 */
export async function requireWhole(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await isWhole(path)) continue;
    throw new ServerError("requirement_missing", `${path} is damaged or missing; run \`npm run setup\`.`);
  }
}

async function isWhole(path: string): Promise<boolean> {
  const stamp = await stampOf(path);
  const found = await stat(path).catch(() => undefined); // What cannot be looked at cannot be used either.
  if (!stamp || !found?.isFile() || found.size !== stamp.size) return false;
  return found.mtimeMs === stamp.mtimeMs || (await sha256Of(path)) === stamp.sha256;
}

async function stampOf(path: string): Promise<FileStamp | undefined> {
  try {
    const text = await readFile(join(dirname(path), "digest.json"), "utf8");
    return Stamp.parse(JSON.parse(text)).files[basename(path)];
  } catch {
    return undefined; // Absent or damaged: the set-up makes these files again too.
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
