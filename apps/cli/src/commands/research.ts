import { resolve } from "node:path";
import type { Provider, ReportStyle, ReportWish } from "@vibewriter/agent/runs";
import { keysOf, type VibewriterClient } from "@vibewriter/server";
import { InvalidArgumentError } from "commander";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { follow } from "../follow.js";
import { namedGuide } from "../guides.js";
import { existing, withWholeIds } from "../paths.js";
import { searches } from "../program/searches.js";
import { estimateText } from "../view/estimate.js";

export interface ResearchOptions {
  readonly sources?: readonly string[];
  /** Searches of the web by name; empty for none. */
  readonly search?: Provider[];
  readonly model?: string;
  /** Models of parts of the work, and the one that takes over. */
  readonly researcherModel?: string;
  readonly verifierModel?: string;
  readonly fallbackModel?: string;
  /** Who publishes. */
  readonly author?: string;
  readonly out: string;
  readonly yes?: boolean;
  /** US dollars that it may cost. */
  readonly maxCost?: number;
  /** Minutes that it may work. */
  readonly maxMinutes?: number;
  readonly maxTokens?: number;
  readonly maxToolCalls?: number;
  /** Seconds of commands in the VM. */
  readonly maxVmSeconds?: number;
  /** Only say what it is likely to take. */
  readonly estimate?: boolean;
  /** How the report is laid out beside the one that is published. */
  readonly guide?: string;
  readonly citations?: ReportStyle["citations"];
  readonly format?: ReportWish["formats"];
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
  if (o.estimate) return await sayEstimate(context, o.model);
  const paths = await existing(context.cwd, o.sources ?? []);
  const client = await connect(context);
  const sources = await withWholeIds(client, paths);
  if (o.continue !== undefined) return await goOn(context, client, request, { ...o, continue: o.continue, sources });
  const { model, author, yes = false } = o;
  const search = o.search ?? searchesIn(context.env);
  const report = await wishOf(context, client, o);
  // A guide of the knowledge base is an article that the run may cite.
  if (o.guide?.startsWith("choir:")) sources.push(...(await withWholeIds(client, [o.guide])));
  const { maxCost: maxCostUsd, maxMinutes, maxTokens, maxToolCalls, maxVmSeconds } = o;
  const budget = { maxCostUsd, maxMinutes, maxTokens, maxToolCalls, maxVmSeconds };
  const models = { researcher: o.researcherModel, verifier: o.verifierModel, fallback: o.fallbackModel };
  const attended = context.terminal.canAsk && !yes;
  const out = resolve(context.cwd, o.out);
  const run = await client.startRun(
    { kind: "research", request, sources, search, model, models, author, out, yes, budget, attended, report },
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

/** What a run would take; none is started. */
async function sayEstimate(context: Context, model: string | undefined): Promise<ExitCode> {
  const client = await connect(context);
  const estimate = await client.questions.estimate(model, keysOf(context.env));
  if (context.terminal.json) context.terminal.printJson({ estimate });
  else context.terminal.print(estimateText(estimate));
  return EXIT.done;
}

async function wishOf(
  context: Context,
  client: VibewriterClient,
  { guide, citations, format = [] }: ResearchOptions,
): Promise<ReportWish | undefined> {
  if (guide === undefined && citations === undefined && format.length === 0) return undefined;
  const named = guide === undefined ? undefined : await namedGuide(context, client, guide);
  return { guide: named, citations, formats: format };
}

/** Options that a run has from its beginning. */
const ONLY_NEW = [
  ...([
    "model",
    "researcherModel",
    "verifierModel",
    "fallbackModel",
    "author",
    "search",
    "guide",
    "citations",
  ] as const),
  ...(["maxCost", "maxMinutes", "maxTokens", "maxToolCalls", "maxVmSeconds", "format"] as const),
];

/** Says more to a run there is, and follows what comes of it. */
async function goOn(
  context: Context,
  client: VibewriterClient,
  text: string,
  o: ResearchOptions & { continue: string; sources: string[] },
): Promise<ExitCode> {
  for (const name of ONLY_NEW) {
    const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (o[name] !== undefined)
      throw new UsageError(`--${option} is for a new run; the run that goes on keeps its own.`);
  }
  const yes = o.yes ?? false;
  const { run, after } = await client.conversations.say(
    o.continue,
    { text, sources: o.sources, yes },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes, mine: true, after });
}
