import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { slug } from "@vibewriter/evidence";
import { AgentError, errorCode } from "../errors.js";
import { titleOf } from "../offline/draft.js";
import type { RunRecord } from "./record.js";

const MOST_OF_A_NAME = 1_000;

/** Makes the run's own folder under `out`: the slug, or the slug and a number if that is taken. Throws AgentError `output_failed`. */
export async function claimFolder(out: string, title: string): Promise<string> {
  const name = slug(title);
  try {
    await makeFolder(out);
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

/** The run's folder, or another one if it has given its own back: another run may have the name by now. Throws AgentError `output_failed`. */
export async function claimRunFolder(run: Pick<RunRecord, "kind" | "folder" | "hasFolder" | "out" | "request">) {
  // A chat has one of its own for good, made when there is a report.
  if (run.kind === "chat") return { folder: run.folder, hasFolder: run.hasFolder };
  const folder = run.hasFolder ? run.folder : await claimFolder(run.out, titleOf(run.request));
  return { folder, hasFolder: true };
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

/** Makes a folder and those above it. Node's own recursive mkdir never returns where the system answers ENOENT for a child of what exists. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
