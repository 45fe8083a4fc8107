import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { chatOf, type RunRecord } from "@vibewriter/agent/runs";
import { codeOf, keysOf, messageOf, type VibewriterClient } from "@vibewriter/server";
import { askApproval } from "../approval-prompt.js";
import { Prompt } from "../chat/prompt.js";
import { followTurn } from "../chat/turn.js";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { exitCodeFor, sentenceFor } from "../follow.js";
import { interruption } from "../interrupt.js";
import { existing, withWholeIds } from "../paths.js";
import { planLines } from "../view/plan.js";
import { runs } from "./runs.js";

export interface ChatOptions {
  readonly message?: string;
  readonly sources?: readonly string[];
  readonly model?: string;
  readonly out: string;
  readonly yes?: boolean;
}

const HELP = `Write to the agent; a backslash at the end of a line goes on on the next one.
  /plan   its plan          /runs   all runs          /help   this
Ctrl-C stops the answer under way and keeps the conversation; Ctrl-D leaves, and everything is kept.`;

/** `vibewriter chat [AGENT]`: the standing conversation with an agent. */
export async function chat(context: Context, agent: string | undefined, o: ChatOptions): Promise<ExitCode> {
  const sources = await existing(context.cwd, o.sources ?? []);
  const out = resolve(context.cwd, o.out);
  const request = { agentId: agent ?? "main", out, model: o.model };
  if (o.message === undefined && context.terminal.canAsk) {
    if (o.yes) throw new UsageError("--yes is for --message; on a terminal you are asked.");
    return await talk(context, { ...request, sources });
  }
  const message = o.message ?? (await text(context.terminal.streams.stdin));
  if (message.trim() === "")
    throw new UsageError('The message is empty; say something: vibewriter chat --message "...".');
  const client = await connect(context);
  const said = await client.conversations.chat(
    { ...request, text: message, sources: await withWholeIds(client, sources), yes: o.yes ?? false },
    keysOf(context.env),
  );
  using interrupted = interruption();
  const run = await followTurn(context, client, {
    runId: said.run.runId,
    after: said.after,
    signal: interrupted.signal,
    answer: async () => undefined,
  });
  return interrupted.signal.aborted ? EXIT.interrupted : report(context, run);
}

function report(context: Context, run: RunRecord): ExitCode {
  const { terminal } = context;
  if (terminal.json)
    terminal.printJson(run.result ?? { runId: run.runId, status: run.status, error: run.error ?? null });
  const sentence = sentenceFor(run, run.result);
  if (sentence) terminal.warn(sentence);
  return exitCodeFor(run);
}

interface Talk {
  readonly agentId: string;
  readonly out: string;
  readonly model: string | undefined;
  /** Given with the first message. */
  readonly sources: readonly string[];
}

async function talk(context: Context, o: Talk): Promise<ExitCode> {
  const { terminal } = context;
  const client = await connect(context);
  const runId = chatOf(o.agentId);
  const before = await standing(client, runId);
  using prompt = new Prompt((before?.turns ?? []).map((turn) => turn.text).reverse());
  terminal.warn(
    terminal.colors.dim(before ? `The conversation with ${plain(o.agentId)} goes on. /help says how.` : HELP),
  );
  let sources = await withWholeIds(client, o.sources);
  for (;;) {
    const message = (await prompt.read())?.trim();
    if (message === undefined) {
      terminal.warn("");
      return EXIT.done;
    }
    if (message === "") continue;
    try {
      if (message.startsWith("/")) {
        await command(context, client, runId, message);
      } else {
        await say(context, client, prompt, { ...o, sources, text: message });
        sources = [];
      }
    } catch (error) {
      // A conversation outlives what goes wrong in it.
      terminal.warn(terminal.colors.red(plain(messageOf(error))));
    }
  }
}

/** The conversation as it is; undefined before its first message. */
async function standing(client: VibewriterClient, runId: string): Promise<RunRecord | undefined> {
  try {
    return await client.run(runId);
  } catch (error) {
    if (codeOf(error) === "run_not_found") return undefined;
    throw error;
  }
}

async function say(
  context: Context,
  client: VibewriterClient,
  prompt: Prompt,
  request: Talk & { text: string },
): Promise<void> {
  const { terminal } = context;
  const { run, after } = await client.conversations.chat(
    { ...request, sources: [...request.sources] },
    keysOf(context.env),
  );
  const stopping = new AbortController();
  using _interrupt = prompt.onInterrupt(() => stopping.abort());
  const rested = await followTurn(context, client, {
    runId: run.runId,
    after,
    signal: stopping.signal,
    answer: (question) => askApproval({ warn: terminal.warn, ask: (text) => prompt.ask(text) }, question),
  });
  if (stopping.signal.aborted) terminal.warn("Stopped; go on with what you like.");
  else if (rested.status !== "done") terminal.warn(sentenceFor(rested, rested.result) ?? rested.status);
}

async function command(context: Context, client: VibewriterClient, runId: string, typed: string): Promise<void> {
  const { terminal } = context;
  switch (typed.split(/\s/)[0]) {
    case "/plan": {
      const todos = (await standing(client, runId)) === undefined ? [] : await client.conversations.plan(runId);
      terminal.print(todos.length === 0 ? "There is no plan yet." : planLines(todos).join("\n"));
      return;
    }
    case "/runs":
      await runs(context, undefined);
      return;
    case "/help":
      terminal.print(HELP);
      return;
    default:
      terminal.warn(`There is no ${plain(typed)}; /help says what there is.`);
  }
}
