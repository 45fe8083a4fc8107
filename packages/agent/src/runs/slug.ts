import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AgentError, errorCode } from "../errors.js";

const LONGEST = 60;
const MOST_OF_A_NAME = 1_000;

/** A title as the name of a folder: lower-case words and hyphens, at most 60 characters. */
export function slugOf(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const short = plain.length <= LONGEST ? plain : plain.slice(0, LONGEST).replace(/-[^-]*$/, "");
  return short || "report";
}

/** Makes the run's own folder under `out`: the slug, or the slug and a number if that is taken. Throws AgentError `output_failed`. */
export async function claimFolder(out: string, title: string): Promise<string> {
  const slug = slugOf(title);
  try {
    await mkdir(out, { recursive: true });
    for (let n = 1; n <= MOST_OF_A_NAME; n++) {
      const folder = join(out, n === 1 ? slug : `${slug}-${n}`);
      if (await isNew(folder)) return folder;
    }
  } catch (cause) {
    throw new AgentError("output_failed", `The output folder ${out} cannot be written; choose another with --out.`, {
      cause,
    });
  }
  throw new AgentError(
    "output_failed",
    `${out} holds ${MOST_OF_A_NAME} folders named ${slug}; choose another with --out.`,
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
