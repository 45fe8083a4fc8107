import type { OpenRuns } from "@vibewriter/agent/host";
import { isAtRest, type RunRecord } from "@vibewriter/agent/runs";
import type { Backbone } from "@vibewriter/backbone";
import { VERSION } from "../version.js";
import type { VmStats } from "../vms/api.js";
import type { Top, TopRun } from "./api.js";
import { advanced, BEGUN, type Progress, stepOf } from "./progress.js";

/** What an overview looks at. */
export interface OverviewSources {
  readonly backbone: Pick<Backbone, "status" | "tasks" | "events">;
  readonly runs: Pick<OpenRuns, "board"> & { readonly client: Pick<OpenRuns["client"], "list" | "workers"> };
  readonly vms: { stats(): Promise<readonly Pick<VmStats, "id" | "state" | "machine">[]> };
}

/** Runs at rest that are shown besides those that are not, the newest first. */
const RESTING_SHOWN = 10;
/** They are shown for so long, in milliseconds. */
const RESTING_MS = 3_600_000;
const DEAD_LETTERS = "VIBEWRITER_DLQ";

/** What a home is at. Asked again, it reads only the events that are new. */
export class Overview {
  readonly #sources: OverviewSources;
  #progress = new Map<string, Progress>();

  constructor(sources: OverviewSources) {
    this.#sources = sources;
  }

  /** A look at everything. What does not answer is left out: the rest is what one wants to see then. */
  async look(): Promise<Top> {
    const { backbone, runs, vms } = this.#sources;
    const [status, queue, stats, shown] = await Promise.all([
      backbone.status().catch(() => undefined), // NATS is away, which the answer says.
      backbone.tasks.stats().catch(() => []),
      vms.stats(),
      this.#runs(),
    ]);
    return {
      at: new Date().toISOString(),
      version: VERSION,
      nats: status ? { ...status.server, replicas: status.replicas } : null,
      queue: queue.map(({ queue: name, ...counts }) => ({ name, ...counts })),
      deadLetters: status?.streams.find(({ name }) => name === DEAD_LETTERS)?.messages ?? 0,
      workers: runs.client.workers().map(({ info, silentMs }) => ({ ...info, silentMs })),
      runs: shown,
      vms: stats.map(({ id, state, machine }) => ({ id, state, memoryBytes: machine?.memoryBytes })),
    };
  }

  async #runs(): Promise<TopRun[]> {
    const all = await this.#sources.runs.client.list();
    const since = Date.now() - RESTING_MS;
    const resting = all.filter((run) => isAtRest(run.status) && run.status !== "waiting" && endOf(run) > since);
    const shown = [
      ...all.filter((run) => !isAtRest(run.status) || run.status === "waiting"),
      ...resting.slice(0, RESTING_SHOWN),
    ];
    const before = this.#progress;
    this.#progress = new Map();
    return await Promise.all(shown.map((run) => this.#look(run, before.get(run.runId) ?? BEGUN)));
  }

  async #look(run: RunRecord, before: Progress): Promise<TopRun> {
    let now = before;
    for await (const event of this.#sources.backbone.events.read(run.runId, { from: before.seq + 1 }))
      now = advanced(now, event);
    this.#progress.set(run.runId, now);
    const { runId, agentId, status, request, model, createdAt, worker } = run;
    const { inputTokens, outputTokens, costUsd } = now;
    const driving = this.#sources.runs.client.workers().find(({ info }) => info.id === worker?.id);
    return {
      ...{ runId, agentId, status, request, model, createdAt, inputTokens, outputTokens, costUsd },
      activeMs: run.activeMs + (status === "running" ? this.#since(run) : 0),
      step: stepOf(now),
      doing: [...now.doing.values()].at(-1) ?? "",
      machine: driving?.info.machine,
    };
  }

  /** How long a run has been driven by the one who has it now. */
  #since({ runId }: RunRecord): number {
    const changedAt = this.#sources.runs.board.active.find((one) => one.record.runId === runId)?.changedAt;
    return changedAt ? Math.max(0, this.#sources.runs.board.now - changedAt) : 0;
  }
}

function endOf({ finishedAt, createdAt }: RunRecord): number {
  return Date.parse(finishedAt ?? createdAt);
}
