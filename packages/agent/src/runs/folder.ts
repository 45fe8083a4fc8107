import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { slug } from "@vibewriter/evidence";
import { AgentError, errorCode } from "../errors.js";

const MOST_OF_A_NAME = 1_000;

/** Makes the run's own folder under `out`: the slug, or the slug and a number if that is taken. Throws AgentError `output_failed`. */
export async function claimFolder(out: string, title: string): Promise<string> {
  const name = slug(title);
  try {
    await mkdir(out, { recursive: true });
    for (let n = 1; n <= MOST_OF_A_NAME; n++) {
      const folder = join(out, n === 1 ? name : `${name}-${n}`);
      if (await isNew(folder)) return folder;
    }
  } catch (cause) {
    throw new AgentError("output_failed", `The output folder ${out} cannot be written; choose another with --out.`, {
      cause,
    });
  }
  throw new AgentError(
    "output_failed",
    `${out} holds ${MOST_OF_A_NAME} folders named ${name}; choose another with --out.`,
  );
}

async function isNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}
