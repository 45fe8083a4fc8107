import { resolve } from "node:path";
import { keysOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import type { ExitCode } from "../exit.js";
import { follow } from "../follow.js";
import { comparison } from "../view/comparison.js";

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
