import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { codeOf } from "./errors.js";
import { ProcessIdentity } from "./process-identity.js";

/** What an owner writes about itself, so that a later command can wait for its end or clean up after its death. */
const OwnerFile = z.object({ owner: ProcessIdentity, janitor: ProcessIdentity.optional() });
export type OwnerFile = z.infer<typeof OwnerFile>;

/** Writes the file in one step. */
export async function writeOwnerFile(path: string, file: OwnerFile): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(file), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Reads the file; undefined when there is none, or a damaged one that says nothing. */
export async function readOwnerFile(path: string): Promise<OwnerFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const parsed = z.string().transform(parseJson).pipe(OwnerFile).safeParse(text);
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "not JSON" });
    return z.NEVER;
  }
}
