import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RunRecord } from "@vibewriter/agent/runs";
import { codeOf, keysOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import type { ExitCode } from "../exit.js";
import { follow } from "../follow.js";

/** `vibewriter replay RUN`: repeats a run from its snapshots and recorded searches, and says whether the report is the same. */
export async function replay(context: Context, id: string, o: { model?: string; out: string }): Promise<ExitCode> {
  const client = await connect(context);
  const before = await client.run(id);
  const run = await client.startRun(
    { kind: "research", request: before.request, replay: id, model: o.model, out: resolve(context.cwd, o.out) },
    keysOf(context.env),
  );
  const code = await follow(context, client, run, { yes: false, mine: true });
  const now = await client.run(run.runId);
  if (now.status === "done") context.terminal.warn(await comparison(before, now));
  return code;
}

/** Whether two runs came to the same report, to the byte, as a sentence. */
async function comparison(before: RunRecord, now: RunRecord): Promise<string> {
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
