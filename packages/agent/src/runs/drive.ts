import type { Backbone, Records } from "@vibewriter/backbone";
import type { Choir } from "@vibewriter/choir";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import type { SandboxBackendProtocolV2 } from "deepagents";
import type { Approvals } from "../approvals/approvals.js";
import type { Machines } from "../machines.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import { type ModelEnvironment, openModel } from "../models/model.js";
import { type Publication, Publications } from "../publishing/publications.js";
import { type VerificationRecord, Verifications } from "../publishing/verifications.js";
import { openSources } from "../sources/open-sources.js";
import type { ToolContext } from "../tools/context.js";
import { createVibewriter } from "../vibewriter.js";
import { Workspace } from "../workspace.js";
import { dropEmptyFolder, exportRun } from "./export.js";
import { type GraphRest, runGraph } from "./graph.js";
import { outcomeOf } from "./outcome.js";
import { publishOwnDraft } from "./own-draft.js";
import type { RunRecord } from "./record.js";
import type { RunStore } from "./store.js";

/** Articles that one run may cite without asking for more. */
const CITATION_BUDGET = 10;

/** What drives of a home share. */
export interface DriveParts {
  readonly backbone: Backbone;
  readonly choir: Choir;
  readonly approvals: Approvals;
  readonly publications: Records<Publication>;
  readonly verifications: Records<VerificationRecord>;
  readonly machines: Machines;
}

type Rest = Pick<RunRecord, "status" | "error" | "approval" | "result">;

/** One drive: VM, sources, agent, graph, and the outcome laid out for the person. Throws what stopped it. */
export async function driveOnce(
  parts: DriveParts,
  store: RunStore,
  record: RunRecord,
  o: { env: ModelEnvironment; signal: AbortSignal; started: number },
): Promise<Rest> {
  const { runId, agentId } = record;
  const emit: EmitEvent = async (event, id) => {
    await parts.backbone.events.append(runId, event.type, event.data, { id });
  };
  const folder = `/workspace/${runId}`;
  const backend = await parts.machines.backend(agentId, folder);
  const context: ToolContext = {
    runId,
    agentId,
    author: record.author,
    workspace: new Workspace(folder, backend),
    sources: await openSources({ ...parts, extract: parts.machines.extract, store, record, env: o.env, emit }),
    choir: parts.choir,
    approvals: parts.approvals,
    verifications: new Verifications({ records: parts.verifications, files: parts.backbone.files, agentId, runId }),
    publications: new Publications(parts.publications, runId),
    citationBudget: CITATION_BUDGET,
    stop: async (reason, explanation) => {
      await store.change(runId, (now) => ({ ...now, stopped: { reason, explanation } }));
    },
  };
  o.signal.throwIfAborted();
  const rest =
    record.kind === "publish"
      ? await publishOwnDraft(context, record.draft ?? "", emit)
      : await research(parts, context, record, { ...o, emit, backend });
  const durationMs = record.activeMs + (Date.now() - o.started);
  const lastWords = rest.state === "ended" ? rest.lastWords : "";
  const outcome = await outcomeOf(await store.get(runId), context, {
    isolation: parts.machines.isolation,
    lastWords,
    durationMs,
  });
  if (rest.state === "waiting") {
    await emit({ type: "approval.requested", data: rest.question }, `approval.${rest.question.id}.${record.drives}`);
    const { error: _, message: __, ...result } = outcome.result;
    return {
      status: "waiting",
      approval: rest.question,
      result: { ...result, status: "waiting", report: null, approval: rest.question },
    };
  }
  await layOut(context, record, outcome, emit);
  return { status: outcome.result.status, error: outcome.result.error, result: outcome.result };
}

async function research(
  parts: DriveParts,
  context: ToolContext,
  record: RunRecord,
  o: { env: ModelEnvironment; signal: AbortSignal; emit: EmitEvent; backend: SandboxBackendProtocolV2 },
): Promise<GraphRest> {
  const agent = createVibewriter({
    context,
    model: openModel(record.model, o.env),
    modelName: record.model,
    backend: o.backend,
    checkpointer: NatsSaver.fromConnection(parts.backbone.connection, { agent: record.agentId }),
    emit: o.emit,
    date: record.createdAt.slice(0, 10),
  });
  return await runGraph(agent, {
    runId: record.runId,
    request: record.request,
    signal: o.signal,
    isAnswered: (question) => parts.approvals.isDecided(record.runId, question.id),
  });
}

async function layOut(
  context: ToolContext,
  record: RunRecord,
  outcome: Awaited<ReturnType<typeof outcomeOf>>,
  emit: EmitEvent,
): Promise<void> {
  if (outcome.report === undefined) {
    await dropEmptyFolder(record.folder);
    return;
  }
  await exportRun(context.sources, { folder: record.folder, ...outcome });
  const { name } = outcome.report;
  const data = { name, path: `${record.folder}/${name}`, sha256: outcome.verification?.draftSha256 };
  await emit({ type: "artifact", data }, `artifact.${name}.${record.drives}`);
}
