import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { MicroVMError } from "./errors.js";

const digests = new Map<string, string>();

/** SHA-256 of an image file or layer, remembered for as long as the file is the same one. */
export async function fileDigest(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path).catch((cause: unknown) => {
    const text = `The image file ${path} cannot be read; run \`npm run setup\`, or open the VM with the template of today.`;
    throw new MicroVMError("requirement_missing", text, { cause });
  });
  const identity = JSON.stringify([path, size, mtimeMs, ino]);
  const known = digests.get(identity);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const digest = hash.digest("hex");
  digests.set(identity, digest);
  return digest;
}
