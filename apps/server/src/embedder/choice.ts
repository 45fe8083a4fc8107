import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { DEFAULT_EMBEDDER } from "@vibewriter/choir";
import { z } from "zod";
import { codeOf, ServerError } from "../errors.js";

/** Which embedder the index in use is made with, and which one a person has asked for. */
const Choice = z.object({
  active: z.object({ name: z.string(), dimensions: z.int().min(1) }).nullable(),
  wanted: z.string().nullable(),
});
export type Choice = z.infer<typeof Choice>;

/** @throws ServerError `bad_config` for a file that cannot be read */
export async function readChoice(path: string): Promise<Choice> {
  try {
    return Choice.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return { active: null, wanted: null };
    throw new ServerError("bad_config", `${path} cannot be read; remove it, and the index is made anew.`, { cause });
  }
}

export async function writeChoice(path: string, choice: Choice): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(choice)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Each embedder has an index of its own. @param index that of the default one */
export function indexOf(index: string, name: string): string {
  if (name === DEFAULT_EMBEDDER) return index;
  return index.replace(/\.sqlite$/, `-${createHash("sha256").update(name).digest("hex").slice(0, 12)}.sqlite`);
}
