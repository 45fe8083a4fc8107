import type { ApprovalDecision, RunRecord, RunResult } from "@vibewriter/agent/runs";
import { codeOf, keysOf, type VibewriterClient } from "@vibewriter/server";
import { askApproval } from "./approval-prompt.js";
import { ringFor } from "./bell.js";
import type { Context } from "./context.js";
import { plain, plainLines } from "./escape.js";
import { EXIT, type ExitCode } from "./exit.js";
import { interruption } from "./interrupt.js";
import { clarifyText, summary } from "./view/summary.js";
import { viewOf } from "./view/view-of.js";

export interface FollowOptions {
  /** The answer to the run's question when nobody is asked: publish. */
  readonly yes: boolean;
  /** Whether this command asks the question of a waiting run, and what Ctrl-C means: stop the run, or only stop watching. */
  readonly mine: boolean;
  /** Events up to this place are old; default: none. */
  readonly after?: number;
}

/** Shows a run until it is at rest, asks its question, prints what it came to, and says how to exit. */
export async function follow(
  context: Context,
  client: VibewriterClient,
  run: RunRecord,
  o: FollowOptions,
): Promise<ExitCode> {
  using interrupted = interruption();
  let after = o.after ?? 0;
  let current = run;
  let since = Date.now();
  using view = viewOf(context.terminal, run);
  for (;;) {
    try {
      for await (const event of client.events(run.runId, { after, signal: interrupted.signal })) {
        after = event.seq;
        view.show(event);
      }
      current = await client.run(run.runId);
    } catch (error) {
      view.pause();
      if (interrupted.signal.aborted) return leave(context, client, run.runId, o.mine);
      const { code, message } = lossOf(error);
      // The run is what it was, and goes on when there is a server, NATS or space again; what this command knows is only that it was cut off.
      return report(context, { ...current, status: "interrupted", error: { code, message } });
    }
    view.pause();
    await ringFor(context, client, since);
    if (current.status === "waiting" && current.question && o.mine) {
      const answered = await answerQuestion(context, current.question, o.yes, interrupted.signal);
      if (interrupted.signal.aborted) return leave(context, client, run.runId, false);
      if (!answered) return report(context, current);
      await client.questions.answer(run.runId, answered.text, keysOf(context.env));
      view.resume();
      since = Date.now();
      continue;
    }
    if (current.status !== "waiting" || !current.approval || !o.mine) return report(context, current);
    const decision = await decisionOf(context, current.approval, o.yes, interrupted.signal);
    if (interrupted.signal.aborted) return leave(context, client, run.runId, false);
    if (!decision) return report(context, current);
    try {
      await client.decide(run.runId, current.approval.id, decision, keysOf(context.env));
    } catch (error) {
      if (!(error instanceof Error) || codeOf(error) !== "invalid_decision") throw error;
      context.terminal.warn(plain(error.message));
    }
    view.resume();
    since = Date.now();
  }
}

/** Why nothing more is heard of a run. Throws `error` if it is not about that. */
function lossOf(error: unknown): { code: string; message: string } {
  const code = codeOf(error);
  if (ENDED.has(code)) return { code: "unreachable", message: "The server of this home has ended." };
  if (!(error instanceof Error) || !CUT_OFF.has(code)) throw error;
  return { code, message: error.message };
}

/** What a server says that is ending, and what is heard of one that has. */
const ENDED: ReadonlySet<string> = new Set(["unreachable", "closed", "stopping", "not_ready"]);
const CUT_OFF: ReadonlySet<string> = new Set(["unavailable", "disk_full", "timeout"]);

/** Prints what a run at rest came to; returns the exit code that says it. */
export function report(context: Context, run: RunRecord): ExitCode {
  const { terminal } = context;
  if (terminal.json) terminal.printJson(run.result ?? resultOf(run));
  else if (run.result)
    terminal.print(`${answerOf(run.result)}\n${summary(run.result, context.cwd, terminal.outColors)}`);
  const sentence = sentenceFor(run, run.result);
  if (sentence) terminal.warn(sentence);
  return exitCodeFor(run);
}

/** What the agent said to the last turn, above the rest. */
function answerOf({ answer }: RunResult): string {
  return answer === undefined ? "" : `\n${plainLines(answer).trim()}\n`;
}

/** The result of a run that ended before it had one. */
function resultOf(run: RunRecord) {
  return {
    runId: run.runId,
    agentId: run.agentId,
    status: run.status === "waiting" || run.status === "cancelled" ? run.status : "failed",
    report: null,
    article: null,
    sources: [],
    citations: { total: 0, supported: 0, rate: 0, method: "lexical" },
    cited: [],
    isolation: run.isolation,
    ...(run.isolation === "remote" ? { sandbox: run.sandbox } : {}),
    model: run.model,
    durationMs: run.activeMs,
    error: run.error ?? { code: run.status, message: sentenceFor(run, undefined) },
  };
}

/** Ctrl-C: a run of this command is stopped so that nothing more is spent; it loses nothing and can be resumed. */
async function leave(context: Context, client: VibewriterClient, runId: string, stopsRun: boolean): Promise<ExitCode> {
  if (stopsRun) await client.cancel(runId);
  context.terminal.warn(
    stopsRun
      ? `\nStopped; go on with \`vibewriter resume ${runId}\`.`
      : `\nThe run is as it was; look at it with \`vibewriter runs ${runId}\`.`,
  );
  return EXIT.interrupted;
}

/** `--yes` is for a publication; whatever else is asked, a person answers. Undefined: later. */
async function decisionOf(
  { terminal }: Context,
  question: NonNullable<RunRecord["approval"]>,
  yes: boolean,
  signal: AbortSignal,
): Promise<ApprovalDecision | undefined> {
  if (yes && question.operation === "publish") return { decision: "approve" };
  if (!terminal.canAsk) return undefined;
  return await askApproval({ warn: terminal.warn, ask: (text) => terminal.ask(text, signal) }, question);
}

/** What the person says to a question about the request; Enter leaves it to the agent. Undefined if nobody can be asked now. */
async function answerQuestion(
  { terminal }: Context,
  question: NonNullable<RunRecord["question"]>,
  yes: boolean,
  signal: AbortSignal,
): Promise<{ text?: string } | undefined> {
  if (yes) return {};
  if (!terminal.canAsk) return undefined;
  terminal.warn(`\n${clarifyText(question)}`);
  const typed = (await terminal.ask("  Your answer [Enter = go on with that]: ", signal))?.trim();
  if (typed === undefined) return undefined;
  const option = question.options[Number(typed) - 1];
  return typed === "" ? {} : { text: option ?? typed };
}

/** What is to be said of a run at rest beside its result; undefined if nothing. */
export function sentenceFor(run: RunRecord, result: RunResult | undefined): string | undefined {
  const id = plain(run.runId);
  switch (run.status) {
    case "done":
      return result?.message ? plain(result.message) : undefined;
    case "waiting":
      if (run.question) {
        const asked = plain(run.question.question);
        return `The run asks: ${asked} Answer with \`vibewriter runs answer ${id} "..."\`, or leave it to the agent with \`vibewriter resume ${id} --yes\`.`;
      }
      if (run.approval !== undefined && run.approval.operation !== "publish") {
        const asked = plain(run.approval.question);
        return `The run asks: ${asked} See \`vibewriter approvals show ${plain(run.approval.id)}\`; answer with approvals approve, edit or reject.`;
      }
      return `The run waits for your answer; publish with \`vibewriter resume ${id} --yes\`, or decide with \`vibewriter resume ${id}\` on a terminal.`;
    case "failed":
      return plain(run.error?.message ?? "The run failed.");
    default:
      return `${plain(run.error?.message ?? `The run is ${run.status}.`)} Go on with \`vibewriter resume ${id}\`.`;
  }
}

/** How a command exits that has seen this run to rest. */
export function exitCodeFor(run: RunRecord): ExitCode {
  if (run.status === "done") return EXIT.done;
  if (run.status === "waiting") return EXIT.waiting;
  return run.status === "cancelled" ? EXIT.interrupted : EXIT.failed;
}
