import { resolve } from "node:path";
import type { Provider } from "@vibewriter/agent/runs";
import { keysOf, type VibewriterClient } from "@vibewriter/server";
import { InvalidArgumentError } from "commander";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { type ExitCode, UsageError } from "../exit.js";
import { follow } from "../follow.js";
import { existing, withWholeIds } from "../paths.js";
import { searches } from "../program/searches.js";

export interface ResearchOptions {
  readonly sources?: readonly string[];
  /** Searches of the web by name; empty for none. */
  readonly search?: Provider[];
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
  const search = o.search ?? searchesIn(context.env);
  const run = await client.startRun(
    { kind: "research", request, sources, search, model, author, out: resolve(context.cwd, o.out), yes },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes, mine: true });
}

/** What this command's own environment says, which may be another than that of the command that started the server. */
function searchesIn(env: NodeJS.ProcessEnv): Provider[] | undefined {
  const { VIBEWRITER_SEARCH: names } = env;
  if (!names) return undefined;
  try {
    return searches(names);
  } catch (cause) {
    const why = cause instanceof InvalidArgumentError ? cause.message : String(cause);
    throw new UsageError(`VIBEWRITER_SEARCH is ${plain(names)}. ${why}.`);
  }
}

/** Says more to a run there is, and follows what comes of it. */
async function goOn(
  context: Context,
  client: VibewriterClient,
  text: string,
  o: ResearchOptions & { continue: string; sources: string[] },
): Promise<ExitCode> {
  for (const name of ["model", "author", "search"] as const) {
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
