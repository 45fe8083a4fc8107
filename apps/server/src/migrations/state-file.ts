import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { codeOf } from "../errors.js";

/** `<home>/state.json`: of which version the home is, and the migration that is under way. */
export const StateFile = z.object({
  version: z.int().positive(),
  /** The program that wrote it. */
  program: z.string(),
  at: z.string(),
  /** Begun and not finished: what was there before lies in this backup, a folder's name. */
  migrating: z.object({ to: z.int().positive(), backup: z.string() }).optional(),
});
export type StateFile = z.infer<typeof StateFile>;

/** Undefined if there is none, or one that cannot be understood: then NATS knows the version as well. */
export async function readStateFile(path: string): Promise<StateFile | undefined> {
  try {
    return StateFile.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (codeOf(error) === "ENOENT" || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Replaces it in one step; it is on the disk when this returns. */
export async function writeStateFile(path: string, content: StateFile): Promise<void> {
  const next = `${path}.next`;
  await mkdir(dirname(path), { recursive: true });
  {
    await using file = await open(next, "w", 0o600);
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.sync();
  }
  await rename(next, path);
}
