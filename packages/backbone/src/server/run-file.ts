import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";

const identitySchema = z.object({ pid: z.number().int().positive(), startTime: z.string(), bootId: z.string() });

const runFileSchema = z.object({
  version: z.literal(1),
  owner: identitySchema,
  server: identitySchema.optional(),
});

/** Who runs nats-server for a home: the owner, and the server once it has been started. */
export type RunFile = z.infer<typeof runFileSchema>;

/** The run file; `absent` if there is none, `corrupt` if it cannot be understood (a full disk, a foreign hand). */
export async function readRunFile(path: string): Promise<RunFile | "absent" | "corrupt"> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
    throw error;
  }
  try {
    return runFileSchema.parse(JSON.parse(text));
  } catch {
    // The caller finds the process by its command line instead.
    return "corrupt";
  }
}

/** Replaces a file in one step, so that a reader never sees half of it. Only its owner can read it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}.tmp`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, path);
}

export async function writeRunFile(path: string, content: RunFile): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(content)}\n`);
}

export async function removeRunFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
