import { type Backbone, isDiskFull } from "@vibewriter/backbone";
import type { Choir } from "@vibewriter/choir";
import { expandSources } from "@vibewriter/evidence";
import type { AgentBridge } from "../bridge/agent-bridge.js";
import { AgentError, errorCode, rootError } from "../errors.js";
import type { Machines } from "../machines.js";
import { classOf, type ModelEnvironment, resolveModel } from "../models/model.js";
import { titleOf } from "../offline/draft.js";
import { PUBLISH_TOOL } from "../publishing/publish.js";
import type { Telemetry } from "../telemetry/telemetry.js";
import { driveOnce } from "./drive.js";
import type { RunEvent } from "./event.js";
import { dropEmptyFolder } from "./export.js";
import { claimFolder } from "./folder.js";
import { workerOf } from "./identity.js";
import { type DriveParts, openParts } from "./parts.js";
import { isFinal, type RunRecord, RunRequest, type RunStatus, type WorkerIdentity } from "./record.js";
import { newRunId } from "./store.js";

export interface RunDriverOptions {
  readonly home: string;
  readonly backbone: Backbone;
  readonly choir: Choir;
  readonly machines: Machines;
  /** Serves the tools of driven runs to the programs in their VMs; absent: programs have none. */
  readonly bridge?: AgentBridge;
  /** Who is told of what runs do; default: nobody. */
  readonly telemetry?: Telemetry;
}

/** A person's answer to a run's question. */
export interface RunDecision {
  readonly decision: "approve" | "reject";
  readonly message?: string;
}

/** Makes runs, drives them to rest, and keeps their records. Driving one run twice at once is the caller's to avoid. */
export class RunDriver {
  readonly #parts: DriveParts;
  readonly #worker: WorkerIdentity;

  private constructor(parts: DriveParts, worker: WorkerIdentity) {
    this.#parts = parts;
    this.#worker = worker;
  }

  static async open(o: RunDriverOptions): Promise<RunDriver> {
    return new RunDriver(await openParts(o), await workerOf(o.home));
  }

  /**
   * Writes the record of a new run, after everything that can be known to be wrong with the request has been looked at.
   * @throws AgentError `invalid_request`, `unknown_model`, `missing_key`, `output_failed`; EvidenceError for the sources
   */
  async create(request: RunRequest, env: ModelEnvironment): Promise<RunRecord> {
    const { kind, ...asked } = parseRequest(request, env);
    const model = kind === "publish" ? "none" : resolveModel(asked.model, env);
    this.#parts.machines.requireKeys(env);
    if (asked.sources.length > 0) await expandSources(asked.sources);
    const createdAt = new Date().toISOString();
    const record: RunRecord = {
      runId: newRunId(),
      agentId: asked.agentId,
      kind,
      request: asked.request,
      sources: asked.sources,
      draft: asked.draft,
      model,
      author: asked.author ?? asked.agentId,
      out: asked.out,
      folder: await claimFolder(asked.out, titleOf(asked.request)),
      hasFolder: true,
      isolation: this.#parts.machines.isolation,
      sandbox: this.#parts.machines.sandbox,
      yes: asked.yes,
      status: "queued",
      turns: [{ id: "1", text: asked.request, at: createdAt }],
      origin: this.#worker.host,
      class: classOf(model),
      epoch: 0,
      createdAt,
      areSourcesRead: false,
      drives: 0,
      activeMs: 0,
    };
    await this.#parts.runs.add(record);
    await this.#tell(record, { type: "status", data: { status: "queued" } }, "status.0.queued");
    return record;
  }

  list(): Promise<RunRecord[]> {
    return this.#parts.runs.list();
  }

  /** Throws AgentError `run_not_found`. */
  get(runId: string): Promise<RunRecord> {
    return this.#parts.runs.get(runId);
  }

  /**
   * Drives a run from its last checkpoint until it is done, failed or waits for a person; what goes wrong on the way is in the record. When
   * `signal` aborts, its reason, `cancelled` or `interrupted`, becomes the run's state.
   */
  async drive(runId: string, o: { keys: ModelEnvironment; signal: AbortSignal }): Promise<RunRecord> {
    const started = Date.now();
    const record = await this.#parts.runs.change(runId, (now) => {
      if (now.status === "done") throw new AgentError("run_finished", `Run ${runId} is done; start a new one.`);
      const startedAt = now.startedAt ?? new Date().toISOString();
      // The reason for having stopped stays: an agent that has ended does not give it again.
      const { error: _, finishedAt: __, result: ___, ...rest } = now;
      const { isolation, sandbox } = this.#parts.machines;
      const driven = { isolation, sandbox, drives: now.drives + 1, epoch: now.epoch + 1 };
      return { ...rest, ...driven, status: "running", worker: this.#worker, startedAt };
    });
    await this.#tell(record, { type: "status", data: { status: "running" } }, `status.${record.drives}.running`);
    try {
      if (record.yes) await this.#parts.approvals.allowOnce(runId, PUBLISH_TOOL, "--yes");
      const rest = await driveOnce(this.#parts, await this.#withFolder(record), {
        env: o.keys,
        signal: o.signal,
        started,
      });
      return await this.#settle(record, started, rest.status, rest);
    } catch (error) {
      if (o.signal.aborted) return await this.#settle(record, started, stateOf(o.signal.reason), {});
      const failure = failureOf(error, runId);
      await this.#tell(
        record,
        { type: "log", data: { level: "error", text: failure.message } },
        `error.${record.drives}`,
      );
      return await this.#settle(record, started, "failed", { error: failure });
    }
  }

  /** Makes a run that rests ready to be driven again. Throws AgentError `run_finished` for one that is done. */
  async requeue(runId: string): Promise<RunRecord> {
    const record = await this.#parts.runs.change(runId, (now) => {
      if (now.status === "done")
        throw new AgentError("run_finished", `Run ${runId} is done; there is nothing to resume.`);
      return now.status === "running" ? now : { ...now, status: "queued" };
    });
    await this.#tell(record, { type: "status", data: { status: record.status } }, `status.${record.drives}.requeued`);
    return record;
  }

  /**
   * Stores a person's signed answer; the run then has to be driven on.
   * @throws AgentError `run_not_found`, `approval_not_found`, `approval_decided`
   */
  async decide(runId: string, approvalId: string, o: RunDecision): Promise<RunRecord> {
    await this.#parts.runs.get(runId);
    const approve = o.decision === "approve";
    await this.#parts.approvals.decide(runId, approvalId, { approve, by: "owner", message: o.message });
    const record = await this.#parts.runs.change(runId, (now) => {
      if (now.status !== "waiting") return now;
      const { approval: _, result: __, ...rest } = now;
      return { ...rest, status: "queued" };
    });
    const data = { id: approvalId, approved: approve, by: "owner", message: o.message };
    await this.#tell(record, { type: "approval.decided", data }, `approval.${approvalId}.decided`);
    return record;
  }

  /** Writes down that a run is not driven any more; one that is over stays as it is. */
  async stop(runId: string, reason: "cancelled" | "interrupted"): Promise<RunRecord> {
    const before = await this.#parts.runs.get(runId);
    const record = await this.#parts.runs.change(runId, (now) =>
      isFinal(now.status) || (now.status === "waiting" && reason === "interrupted")
        ? now
        : { ...now, status: reason, worker: undefined },
    );
    if (record.status !== before.status) {
      await this.#tell(record, { type: "status", data: { status: reason } }, `status.${record.drives}.${reason}`);
    }
    return record;
  }

  /** The run with a folder of its own: another run may have the name of one that was given back. */
  async #withFolder(record: RunRecord): Promise<RunRecord> {
    if (record.hasFolder) return record;
    const folder = await claimFolder(record.out, titleOf(record.request));
    return await this.#parts.runs.change(record.runId, (now) => ({ ...now, folder, hasFolder: true }));
  }

  async #settle(
    before: RunRecord,
    started: number,
    status: RunStatus,
    o: Partial<Pick<RunRecord, "error" | "approval" | "result">>,
  ): Promise<RunRecord> {
    const { folder } = await this.#parts.runs.get(before.runId);
    const hasFolder = status === "failed" ? await dropEmptyFolder(folder) : undefined;
    const record = await this.#parts.runs.change(before.runId, (now) => ({
      ...now,
      ...o,
      hasFolder: hasFolder ?? now.hasFolder,
      status,
      worker: undefined,
      activeMs: now.activeMs + (Date.now() - started),
      finishedAt: isFinal(status) ? new Date().toISOString() : undefined,
    }));
    if (o.result !== undefined) await this.#tell(record, { type: "result", data: o.result }, `result.${record.drives}`);
    const message = o.error?.message ?? o.result?.message;
    await this.#tell(record, { type: "status", data: { status, message } }, `status.${record.drives}.${status}`);
    return record;
  }

  async #tell(record: RunRecord, event: RunEvent, id: string): Promise<void> {
    await this.#parts.backbone.events.append(record.runId, event.type, event.data, { id });
  }
}

function parseRequest(request: RunRequest, env: ModelEnvironment) {
  const parsed = RunRequest.safeParse(request);
  if (!parsed.success) {
    throw new AgentError("invalid_request", parsed.error.issues[0]?.message ?? "The request is not valid.", {
      cause: parsed.error,
    });
  }
  if (parsed.data.kind === "publish" && parsed.data.draft === undefined) {
    throw new AgentError("invalid_request", "Name the draft to publish: vibewriter publish FILE --sources PATH.");
  }
  if (parsed.data.sources.length === 0 && (parsed.data.kind === "publish" || !env.TAVILY_API_KEY)) {
    const text =
      "Name what to read with --sources, files or folders; with TAVILY_API_KEY set, a search of the web will do.";
    throw new AgentError("invalid_request", text);
  }
  return parsed.data;
}

function failureOf(error: unknown, runId: string): { code: string; message: string } {
  const root = rootError(error);
  if (!(root instanceof AgentError) && isDiskFull(root)) {
    const message = `The disk is full; free some space, then go on with \`vibewriter resume ${runId}\`.`;
    return { code: "disk_full", message };
  }
  return { code: errorCode(root) ?? "internal", message: root.message };
}

function stateOf(reason: unknown): RunStatus {
  return reason === "cancelled" ? "cancelled" : "interrupted";
}
