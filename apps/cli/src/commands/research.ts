import { resolve } from "node:path";
import { keysOf, type VibewriterClient } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { type ExitCode, UsageError } from "../exit.js";
import { follow } from "../follow.js";
import { existing, withWholeIds } from "../paths.js";

export interface ResearchOptions {
  readonly sources?: readonly string[];
  readonly model?: string;
  /** Who publishes. */
  readonly author?: string;
  readonly out: string;
  readonly yes?: boolean;
  /** A run to which the request is one more turn. */
  readonly continue?: string;
}

/** `vibewriter research REQUEST`: starts a run and follows it. */
export async function research(context: Context, request: string, o: ResearchOptions): Promise<ExitCode> {
  if (request.trim() === "") {
    throw new UsageError(
      'The request is empty; say what to research, for example: vibewriter research "Bees in cities".',
    );
  }
  const paths = await existing(context.cwd, o.sources ?? []);
  const client = await connect(context);
  const sources = await withWholeIds(client, paths);
  if (o.continue !== undefined) return await goOn(context, client, request, { ...o, continue: o.continue, sources });
  const { model, author, yes = false } = o;
  const run = await client.startRun(
    { kind: "research", request, sources, model, author, out: resolve(context.cwd, o.out), yes },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes, mine: true });
}

/** Says more to a run there is, and follows what comes of it. */
async function goOn(
  context: Context,
  client: VibewriterClient,
  text: string,
  o: ResearchOptions & { continue: string; sources: string[] },
): Promise<ExitCode> {
  for (const name of ["model", "author"] as const) {
    if (o[name] !== undefined) throw new UsageError(`--${name} is for a new run; the run that goes on keeps its own.`);
  }
  const yes = o.yes ?? false;
  const { run, after } = await client.conversations.say(
    o.continue,
    { text, sources: o.sources, yes },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes, mine: true, after });
}
