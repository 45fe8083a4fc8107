import { guideFile, parseGuide } from "@vibewriter/evidence/style";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import type { SandboxBackendProtocolV2 } from "deepagents";
import { auditedDrive } from "../audit/audited-drive.js";
import { runTools } from "../bridge/run-tools.js";
import { rootError } from "../errors.js";
import { filesFirst } from "../files/files-first.js";
import { rememberWork } from "../memory/past-work.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { ModelDesk } from "../models/desk.js";
import { isModelFailure } from "../models/model-errors.js";
import { contextTokensOf } from "../models/provider.js";
import { finishPublication } from "../publishing/publish.js";
import { isStillAllowed } from "../reach/may-reach.js";
import { askedIn } from "../research/asked.js";
import type { BudgetMeter } from "../research/budget.js";
import { leaveDraft } from "../research/left-draft.js";
import { GivenFiles } from "../sources/given.js";
import { forAgent, forPerson } from "../taint/taint.js";
import { langSmith } from "../telemetry/langsmith.js";
import type { ModelMeter } from "../telemetry/model-meter.js";
import { redacted } from "../telemetry/redacted.js";
import { driveSpan } from "../telemetry/run.js";
import { observeSaver } from "../telemetry/saver.js";
import type { ToolContext } from "../tools/context.js";
import { createVibewriter } from "../vibewriter.js";
import { type DriveOptions, elapsed, type Rest } from "./driver.js";
import { exportRun } from "./export.js";
import { isFenced } from "./fence.js";
import { type GraphRest, type Question, runGraph } from "./graph.js";
import { outcomeOf } from "./outcome.js";
import { publishOwnDraft } from "./own-draft.js";
import type { DriveParts } from "./parts.js";
import { type RunRecord, threadOf } from "./record.js";
import { filesOf } from "./report-files.js";
import { openContext } from "./run-context.js";
import { turnsOf } from "./turns.js";
import { workplaceOf } from "./workplace.js";

/** One drive: VM, sources, agent, graph, and the outcome laid out for the person. Throws what stopped it. */
export function driveOnce(parts: DriveParts, record: RunRecord, o: DriveOptions): Promise<Rest> {
  return driveSpan(record, o.traceparent, () =>
    auditedDrive(parts.trail, record, () => inItsPlace(parts, record, () => drive(parts, record, o))),
  );
}

/** A run that repeats another has a sandbox of its own, which ends with each drive: what it is to find again is in the store. */
async function inItsPlace<T>({ machines }: DriveParts, record: RunRecord, work: () => Promise<T>): Promise<T> {
  if (record.replays === undefined) return await work();
  const end = () => machines.end?.(workplaceOf(record));
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // Another worker may be at work there. Else what stopped the work is the error to tell; a sandbox that stays has this run's name.
    if (!isFenced(error)) await Promise.resolve(end()).catch(() => undefined);
    throw error;
  }
  await end();
  return result;
}

async function drive(parts: DriveParts, record: RunRecord, o: DriveOptions): Promise<Rest> {
  const { emit, backend, context, meter, models, desk } = await openContext(parts, record, o);
  o.signal.throwIfAborted();
  const { runId, agentId, drives, replays } = record;
  const place = workplaceOf(record);
  using _hosts = context.hosts;
  await context.hosts?.resume(record.hosts ?? [], (host) => isStillAllowed(context, host));
  const tools = runTools(context, () => meter.mayLook);
  using _serving = parts.bridge?.serve({ runId, agentId: place, drive: drives, tools, emit, audit: context.audit });
  const kept = {
    sync: () => context.folders.sync(),
    // What the run made that this one repeats has been proposed then.
    end: async () => {
      if (replays === undefined) await parts.folders.collectSkills({ agentId, runId, emit, audit: context.audit });
    },
  };
  const rest = await keeping(kept, async () =>
    desk === undefined
      ? (record.askedBy === "agent" ? forAgent : forPerson)(async () =>
          publishOwnDraft(context, await new GivenFiles(parts.backbone.files).draftOf(record), emit),
        )
      : research(parts, context, record, { ...o, emit, backend, meter, models, desk }),
  ).catch(async (error: unknown) => {
    if (!isLeft(error, record, o.signal)) throw error;
    return await thrownAfter(error, () => layOutLeft(parts, context, record, o, emit));
  });
  const durationMs = record.activeMs + elapsed(o.started);
  const lastWords = rest.state === "ended" ? rest.lastWords : "";
  await finishPublication(context);
  const reports = await reportsOf(record, context);
  const came = await outcomeOf(await parts.runs.get(record.runId), context, {
    isolation: parts.machines.isolation,
    sandbox: parts.machines.sandbox,
    lastWords,
    durationMs,
    stages: record.kind === "research" ? meter.costs : undefined,
  });
  // What the model said last comes from its memory, and not from what was stored of it.
  const { secrets } = parts.backbone;
  const outcome = { ...came, result: redacted(came.result, (text) => secrets.screen(text, `result of ${runId}`)) };
  if (rest.state === "waiting") {
    const { error: _, message: __, ...result } = outcome.result;
    const asked = await tellQuestions(rest.questions, record, emit);
    return {
      ...{ heard: rest.heard, reports, status: "waiting", ...asked },
      isAnswered: () => isOneAnswered(parts, record, rest.questions),
      result: { ...result, status: "waiting", report: null, ...asked },
    };
  }
  await o.fence.check();
  await rememberWork(context.memories, record, outcome.result);
  // On another host its origin does it, with what lies on NATS.
  if (record.origin === undefined || record.origin === parts.worker.host) {
    await layOut(parts, context, record, outcome, emit);
  }
  const { heard } = rest;
  return { status: outcome.result.status, error: outcome.result.error, result: outcome.result, heard, reports };
}

/** What the run waits for, as its record and its result say it: the first of what its agents ask. The others come up one after the other. */
async function tellQuestions(
  questions: readonly Question[],
  { drives }: RunRecord,
  emit: EmitEvent,
): Promise<Pick<RunRecord, "approval" | "question">> {
  for (const question of questions) {
    if ("kind" in question) await emit({ type: "question.asked", data: question }, `question.${question.id}.${drives}`);
    else await emit({ type: "approval.requested", data: question }, `approval.${question.id}.${drives}`);
  }
  const [first] = questions;
  if (first === undefined) return {};
  return "kind" in first ? { question: first } : { approval: first };
}

/** The turns that came to a report, with the one under way if it has. */
async function reportsOf({ work, reports }: RunRecord, context: ToolContext): Promise<string[]> {
  const { article, declined } = await context.publications.get();
  const isReport = article !== undefined || declined !== undefined;
  return isReport && !reports.includes(work) ? [...reports, work] : reports;
}

/** Does the work, and leaves nothing of it in the sandbox alone, however it ends. */
async function keeping<T>(
  folders: { sync: () => Promise<void>; end: () => Promise<void> },
  work: () => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // Another worker has the run: its files are not ours to touch. Else what stopped the work is the error to tell, and what cannot be kept
    // now is kept with the next drive, or named if the VM is lost before.
    if (!isFenced(error)) await folders.sync().catch(() => undefined);
    throw error;
  }
  await folders.sync();
  await folders.end();
  return result;
}

async function research(
  parts: DriveParts,
  context: ToolContext,
  record: RunRecord,
  o: DriveOptions & {
    emit: EmitEvent;
    backend: SandboxBackendProtocolV2;
    meter: BudgetMeter;
    models: ModelMeter;
    desk: ModelDesk;
  },
): Promise<GraphRest> {
  const saver = NatsSaver.fromConnection(parts.backbone.connection, {
    agent: record.agentId,
    owner: parts.worker.id,
    epoch: o.fence.epoch,
    screen: (bytes) => parts.backbone.secrets.screen(bytes, `checkpoints of ${record.runId}`),
  });
  const said = async () => {
    const now = await parts.runs.get(record.runId);
    return { turns: turnsOf(now), plan: now.plan };
  };
  const agent = createVibewriter({
    context,
    desk: o.desk,
    models: o.models,
    backend: o.backend,
    kind: record.kind === "chat" ? "chat" : "research",
    styleGuide: await layGuide(context, record),
    said,
    contextTokens: contextTokensOf(o.env),
    checkpointer: filesFirst(observeSaver(saver, parts.telemetry.observer), () => context.folders.settle()),
    emit: o.emit,
    date: (await dayOf(parts, record)).slice(0, 10),
    telemetry: parts.telemetry,
    meter: o.meter,
    limits: parts.researcher,
  });
  const left = (why: string) => ({ why, emit: o.emit, asked: () => askedIn(parts.backbone.events, record) });
  const tracing = langSmith(o.env, parts.telemetry.redact);
  try {
    const rest = await runGraph(agent, {
      thread: threadOf(record),
      said,
      signal: o.signal,
      callbacks: tracing.callbacks,
      isAnswered: (question) => isAnswered(parts, record, question),
    });
    const why = o.meter.stage === "over" ? "The budget of the run was spent, so the agent ended" : "The agent ended";
    if (rest.state === "ended" && record.kind === "research") await leaveDraft(context, record, left(why));
    return rest;
  } catch (error) {
    // A run that goes on later has what there is laid out meanwhile.
    if (!isLeft(error, record, o.signal)) throw error;
    return await thrownAfter(error, () => leaveDraft(context, record, left("The model failed")));
  } finally {
    await tracing.flush();
  }
}

async function isAnswered({ runs, approvals }: DriveParts, { runId }: RunRecord, question: Question): Promise<boolean> {
  if ("kind" in question) return (await runs.get(runId)).answers.some(({ id }) => id === question.id);
  return await approvals.isSettled(runId, question.id);
}

async function isOneAnswered(parts: DriveParts, record: RunRecord, questions: readonly Question[]): Promise<boolean> {
  for (const question of questions) if (await isAnswered(parts, record, question)) return true;
  return false;
}

/** Whether research came to nothing because its model failed, and not because somebody wanted it to or something around it is away. */
function isLeft(error: unknown, { kind }: RunRecord, signal: AbortSignal): boolean {
  return kind === "research" && !signal.aborted && isModelFailure(rootError(error));
}

/** Throws what stopped a run after what is still to be done for it; what fails of that is thrown with it, and is not what is told of the run. */
async function thrownAfter(error: unknown, work: () => Promise<void>): Promise<never> {
  try {
    await work();
  } catch (second) {
    throw new AggregateError([error, second], "A run has failed, and what there was could not be laid out.");
  }
  throw error;
}

/** When the run was asked for; one that repeats another as it was, lives on that one's day. */
async function dayOf({ runs }: DriveParts, { recorded, createdAt }: RunRecord): Promise<string> {
  return recorded === undefined ? createdAt : (await runs.get(recorded)).createdAt;
}

/** Lays the person's style guide, without what a guide has no say in, where the agent can read it; its path. */
async function layGuide({ workspace }: ToolContext, { report }: RunRecord): Promise<string | undefined> {
  if (report?.guide === undefined) return undefined;
  const path = `${workspace.folder}/style-guide.md`;
  await workspace.write(path, guideFile(parseGuide(report.guide.text, report.guide.name)));
  return path;
}

/** Lays out what a run that failed had found; a run with nothing to show lays out nothing. */
async function layOutLeft(
  parts: DriveParts,
  context: ToolContext,
  record: RunRecord,
  o: DriveOptions,
  emit: EmitEvent,
): Promise<void> {
  await o.fence.check();
  if (record.origin !== undefined && record.origin !== parts.worker.host) return;
  const outcome = await outcomeOf(await parts.runs.get(record.runId), context, {
    isolation: parts.machines.isolation,
    sandbox: parts.machines.sandbox,
    lastWords: "",
    durationMs: record.activeMs + elapsed(o.started),
  });
  await layOut(parts, context, record, outcome, emit);
}

async function layOut(
  parts: DriveParts,
  context: ToolContext,
  record: RunRecord,
  outcome: Awaited<ReturnType<typeof outcomeOf>>,
  emit: EmitEvent,
): Promise<void> {
  if (outcome.report === undefined) return;
  const files = await filesOf(parts, record, { outcome, sources: context.sources });
  const asked = await askedIn(parts.backbone.events, record);
  await exportRun(context.sources, { folder: record.folder, ...outcome, asked, files });
  const { name } = outcome.report;
  const data = { name, path: `${record.folder}/${name}`, sha256: outcome.check?.verification.draftSha256 };
  await emit({ type: "artifact", data }, `artifact.${name}.${record.drives}`);
}
