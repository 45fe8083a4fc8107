import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf, keysOf, type VibewriterClient } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import type { ExitCode } from "../exit.js";
import { follow } from "../follow.js";
import { comparison } from "../view/comparison.js";

/**
 * `vibewriter replay RUN|FOLDER`: repeats a run from its snapshots, its recorded searches and what its models answered, and says whether the
 * report is the same. With a model that is named, that one is asked anew.
 */
export async function replay(context: Context, name: string, o: { model?: string; out: string }): Promise<ExitCode> {
  const client = await connect(context);
  const before = await runOf(context, client, name);
  const run = await client.startRun(
    {
      kind: "research",
      request: before.request,
      replay: before.runId,
      model: o.model,
      out: resolve(context.cwd, o.out),
    },
    keysOf(context.env),
  );
  const code = await follow(context, client, run, { yes: false, mine: true });
  const now = await client.run(run.runId);
  if (now.status === "done") context.terminal.warn(await comparison(before, now));
  return code;
}

/** A run by its id, or the one that a folder is a recording of. */
async function runOf({ cwd }: Context, client: VibewriterClient, name: string) {
  const path = resolve(cwd, name);
  return name.includes("/") || (await isFolder(path)) ? await client.recordings.read(path) : await client.run(name);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw error;
  }
}
