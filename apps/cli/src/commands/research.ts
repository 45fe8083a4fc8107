import { resolve } from "node:path";
import { keysOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { type ExitCode, UsageError } from "../exit.js";
import { follow } from "../follow.js";
import { existing } from "../paths.js";

export interface ResearchOptions {
  readonly sources?: readonly string[];
  readonly model?: string;
  readonly out: string;
  readonly yes?: boolean;
}

/** `vibewriter research REQUEST`: starts a run and follows it. */
export async function research(context: Context, request: string, o: ResearchOptions): Promise<ExitCode> {
  if (request.trim() === "") {
    throw new UsageError(
      'The request is empty; say what to research, for example: vibewriter research "Bees in cities".',
    );
  }
  const sources = await existing(context.cwd, o.sources ?? []);
  const client = await connect(context);
  const run = await client.startRun(
    { kind: "research", request, sources, model: o.model, out: resolve(context.cwd, o.out), yes: o.yes ?? false },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes: o.yes ?? false, mine: true });
}
