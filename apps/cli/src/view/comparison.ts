import { readFile } from "node:fs/promises";
import type { RunRecord } from "@vibewriter/agent/runs";
import { codeOf } from "@vibewriter/server";
import { plain } from "../escape.js";

type Reported = Pick<RunRecord, "runId" | "result">;

/** Whether two runs came to the same report, to the byte, as a sentence. */
export async function comparison(before: Reported, now: Reported): Promise<string> {
  const name = plain(before.runId);
  const [first, second] = await Promise.all([before, now].map(({ result }) => reportOf(result?.report)));
  if (first === undefined) return `The report of ${name} is not where it was, so this one cannot be compared with it.`;
  if (second === undefined) return "The report cannot be read, so it cannot be compared.";
  if (first.equals(second)) return `The report is that of ${name}, to the byte.`;
  return `The report is another one than that of ${name}; compare ${plain(before.result?.report ?? "")} and ${plain(now.result?.report ?? "")}.`;
}

async function reportOf(path: string | null | undefined): Promise<Buffer | undefined> {
  if (!path) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "EACCES") return undefined;
    throw error;
  }
}
