import type { RunRecord } from "@vibewriter/agent/runs";
import { keysOf, type VibewriterClient } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { follow } from "../follow.js";
import { age } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter runs [RUN]`: lists the runs, or follows one without owning it. */
export async function runs(context: Context, id: string | undefined): Promise<ExitCode> {
  const client = await connect(context);
  if (id !== undefined) return follow(context, client, await client.run(id), { yes: false, mine: false });
  const all = await client.runs();
  if (context.terminal.json) context.terminal.printJson({ runs: all });
  else printRuns(context, all);
  return EXIT.done;
}

/** `vibewriter resume RUN`: answers the run's question, or goes on with it from where it was. */
export async function resume(context: Context, id: string, yes: boolean): Promise<ExitCode> {
  const client = await connect(context);
  const run = await client.run(id);
  return follow(context, client, await goOn(context, client, run, yes), { yes, mine: true });
}

/** `vibewriter retry RUN`: starts it anew, with nothing of what it had come to. */
export async function retry(context: Context, id: string, yes: boolean): Promise<ExitCode> {
  const client = await connect(context);
  const run = await client.retry(id, keysOf(context.env));
  return follow(context, client, run, { yes, mine: true });
}

/** A waiting run goes on when its question is answered, which following it does; a driven run needs nothing; a done one is over. */
async function goOn(context: Context, client: VibewriterClient, run: RunRecord, yes: boolean): Promise<RunRecord> {
  const keys = keysOf(context.env);
  switch (run.status) {
    case "queued":
    case "running":
    case "done":
      return run;
    case "waiting":
      if (yes && run.question) return client.questions.answer(run.runId, undefined, keys);
      // Nobody can answer that any more: the agent asks anew.
      if (run.approval && isStale(run.approval)) return client.resume(run.runId, keys);
      if (!yes || run.approval?.operation !== "publish") return run;
      return client.decide(run.runId, run.approval.id, { decision: "approve" }, keys);
    default:
      return client.resume(run.runId, keys);
  }
}

/** A question of an earlier release says nothing of its time. */
function isStale({ expiresAt }: NonNullable<RunRecord["approval"]>): boolean {
  return expiresAt === undefined || Date.parse(expiresAt) <= Date.now();
}

function printRuns(context: Context, all: readonly RunRecord[]): void {
  const { terminal } = context;
  if (all.length === 0) {
    terminal.print('No runs yet; start one with vibewriter research "...".');
    return;
  }
  const now = Date.now();
  const rows = all.map((run) => [plain(run.runId), run.status, age(run.createdAt, now), plain(run.request)]);
  for (const line of table([["RUN", "STATUS", "AGE", "REQUEST"], ...rows], terminal.outColumns)) terminal.print(line);
}
