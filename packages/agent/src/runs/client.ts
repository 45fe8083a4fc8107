import { setTimeout as sleep } from "node:timers/promises";
import { articleDetailsSchema } from "@vibewriter/choir";
import { AgentError } from "../errors.js";
import type { Machines } from "../machines.js";
import type { ModelEnvironment } from "../models/model.js";
import { titleOf } from "../offline/draft.js";
import { PUBLISH_TOOL } from "../publishing/publish.js";
import { GivenFiles } from "../sources/given.js";
import { currentTraceparent, requestSpan } from "../telemetry/run.js";
import type { RunBoard } from "./board.js";
import { Conversations } from "./conversations.js";
import { claimFolder, claimRunFolder } from "./folder.js";
import { type FollowedRunEvent, followRun } from "./follow.js";
import { type KeyRing, keepOut } from "./key-ring.js";
import { newRecord } from "./new-record.js";
import type { Origin } from "./origin.js";
import type { RunParts } from "./parts.js";
import { classOfRun, modelFor, placeFor } from "./placement.js";
import { RunQuestions } from "./questions.js";
import { isAtRest, type RunRecord, RunRequest } from "./record.js";
import { Starts } from "./starts.js";
import { newRunId } from "./store.js";
import { queued, Submissions } from "./submissions.js";
import type { WorkerInfo } from "./worker-info.js";

export interface RunClientOptions {
  readonly parts: RunParts;
  readonly board: RunBoard;
  /** Where this process's worker, if it has one, looks for the keys of runs. */
  readonly keys: KeyRing;
  /** Where agents of this host would work: what that needs is asked for before a run begins. */
  readonly machines: Pick<Machines, "isolation" | "sandbox" | "requireKeys">;
  /** Lays out what other hosts have driven. */
  readonly origin: Pick<Origin, "layOut">;
}

/** A person's answer to a run's question. */
export interface RunDecision {
  readonly decision: "approve" | "reject";
  readonly message?: string;
}

/** How long a worker has to heed that a run is to stop; then its right to the run is taken from it. */
const CANCEL_MS = 15_000;

/** Starts runs, follows them, and asks things of them, whoever drives them. */
export class RunClient {
  readonly #parts: RunParts;
  readonly #board: RunBoard;
  readonly #keys: KeyRing;
  readonly #machines: RunClientOptions["machines"];
  readonly #origin: RunClientOptions["origin"];
  readonly #given: GivenFiles;
  readonly #submissions: Submissions;
  readonly #starts: Starts;
  /** What persons say to runs. */
  readonly conversations: Conversations;
  /** What is asked before a run works. */
  readonly questions: RunQuestions;

  constructor(o: RunClientOptions) {
    this.#parts = o.parts;
    this.#board = o.board;
    this.#keys = o.keys;
    this.#machines = o.machines;
    this.#origin = o.origin;
    this.#given = new GivenFiles(o.parts.backbone.files);
    this.#submissions = new Submissions(o.parts);
    this.#starts = new Starts(o.parts.runs, o.parts.worker.host);
    this.conversations = new Conversations({
      ...o,
      given: this.#given,
      submissions: this.#submissions,
      place: (class_, keys) => this.#place(class_, keys),
    });
    this.questions = new RunQuestions({ ...o, submissions: this.#submissions, place: this.#place.bind(this) });
  }

  /**
   * Starts a run, after everything that can be known to be wrong with the request has been looked at and what it is given has been kept. Under a key
   * that a run has which did not fail, it is that run.
   * @throws AgentError `invalid_request`, `unknown_model`, `missing_key`, `output_failed`; EvidenceError for the sources
   */
  start(request: RunRequest, keys: ModelEnvironment): Promise<RunRecord> {
    const start = () => this.#start(request, keys);
    return requestSpan(() => (request.key === undefined ? start() : this.#starts.once(request.key, start)));
  }

  async #start(request: RunRequest, keys: ModelEnvironment): Promise<RunRecord> {
    const parsed = parseRequest(request);
    const repeated = parsed.replay === undefined ? undefined : await this.#repeated(parsed, parsed.replay);
    const { kind, ...asked } = repeated?.asked ?? parsed;
    const recorded = repeated?.recorded;
    const search = this.#searchesOf(parsed, keys);
    const model = repeated?.model ?? (kind === "publish" ? "none" : modelFor(asked.model, keys, this.#board));
    this.#machines.requireKeys(keys);
    using _kept = keepOut(this.#parts.backbone.secrets, keys);
    const runId = newRunId();
    if (asked.replay === undefined) await this.#given.keep({ ...asked, runId });
    await this.#given.keepDraft({ ...asked, runId });
    this.questions.requirePrice(asked.budget, model);
    const { host } = this.#parts.worker;
    const author = await this.#authorOf(asked);
    const record: RunRecord = {
      ...newRecord({ runId, agentId: asked.agentId, request: asked.request, model, origin: host }),
      ...this.#place(classOfRun({ model, recorded }), keys),
      class: classOfRun({ model, recorded }),
      kind,
      key: asked.key,
      sources: asked.sources,
      search: [...search],
      replays: asked.replay,
      recorded,
      draft: asked.draft,
      author: author.name,
      authorKey: author.publicKey,
      revises: asked.revises,
      details: asked.details,
      report: asked.report,
      out: asked.out,
      folder: await claimFolder(asked.out, titleOf(asked.request)),
      hasFolder: true,
      isolation: this.#machines.isolation,
      sandbox: this.#machines.sandbox,
      yes: asked.yes,
      answers: [],
      budget: asked.budget,
      attended: asked.attended,
      traceparent: currentTraceparent(),
      areSourcesRead: false,
    };
    await this.#parts.runs.add(record);
    if (asked.yes) await this.#parts.approvals.allowOnce(runId, PUBLISH_TOOL, "--yes");
    if (kind === "research") await this.questions.tellEstimate(runId, model);
    this.#keys.keep(runId, keys);
    await this.#submissions.submit(record);
    return record;
  }

  /**
   * The request of a run that is to be repeated: what it asked, of what it had, by whom; and the run whose recorded answers stand for its model's,
   * if there are any and no model is named.
   * @throws AgentError `run_not_found`, `invalid_request`, `no_recording` where a provider's model would have to be asked anew
   */
  async #repeated(asked: ParsedRequest, runId: string) {
    const run = await this.get(runId);
    if (run.kind !== "research" || !isAtRest(run.status) || !run.areSourcesRead) {
      const message = `Run ${runId} cannot be repeated: it must be a research run that has read its sources and is at rest.`;
      throw new AgentError("invalid_request", message);
    }
    const { request, sources, details, agentId } = run;
    const own = { request, sources, details, agentId, draft: undefined, revises: undefined, yes: false };
    const again = { ...asked, ...own, author: run.author };
    if (asked.model !== undefined) return { asked: again };
    const recorded = run.recorded ?? runId;
    if ((await this.#parts.recordings.of({ agentId, runId: recorded })).length === 0) {
      if (run.model === "offline") return { asked: { ...again, model: run.model } };
      const message = `There is no recording of what ${run.model} answered in ${runId}; name a model to ask anew with --model.`;
      throw new AgentError("no_recording", message);
    }
    // What it had spent when decides what its model was told.
    return { asked: { ...again, budget: run.budget }, recorded, model: run.model };
  }

  /** The searches of a new run. @throws AgentError `missing_key`, `invalid_request` if it has neither them nor anything else to read */
  #searchesOf({ kind, replay, sources, search: named }: ParsedRequest, env: ModelEnvironment) {
    const hasSources = sources.length > 0;
    if (replay !== undefined) return [];
    const search = kind === "publish" ? [] : this.#parts.web.providersFor({ named, env, hasSources });
    if (hasSources || search.length > 0) return search;
    const text = "Name what to read with --sources, files or folders, or a search of the web with --search.";
    throw new AgentError("invalid_request", text);
  }

  /** All runs, the newest first. */
  async list(): Promise<RunRecord[]> {
    const runs = await this.#parts.runs.list();
    return runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Throws AgentError `run_not_found`. */
  get(runId: string): Promise<RunRecord> {
    return this.#parts.runs.get(runId);
  }

  /** Events after `after`, old then new, ending when the run is at rest, everything was told, and its report lies in its folder. */
  follow(runId: string, o: { after: number; signal: AbortSignal }): AsyncIterable<FollowedRunEvent> {
    const { events } = this.#parts.backbone;
    return followRun({ events, get: () => this.get(runId), finish: () => this.#origin.layOut(runId), runId, ...o });
  }

  /** Workers on record, with the age of their last word in milliseconds. */
  workers(): { info: WorkerInfo; silentMs: number; isAlive: boolean }[] {
    return this.#board.workers;
  }

  /**
   * Stops a run, wherever it is driven; {@link RunClient.resume} goes on with it. One that is over stays as it is. A worker that does not
   * heed it within 15 s has its right to the run taken away.
   */
  async cancel(runId: string): Promise<RunRecord> {
    const before = await this.#parts.runs.change(runId, (now) =>
      now.status === "running" || isAtRest(now.status) ? cancelledAtRest(now) : { ...now, status: "cancelled" },
    );
    if (before.status !== "running") return await this.#tellCancelled(before);
    const { epoch } = before;
    await this.#parts.backbone.events.append(runId, "cancel.requested", {}, { id: `cancel.${epoch}` });
    for (const started = performance.now(); performance.now() - started < CANCEL_MS; await sleep(50)) {
      const now = await this.get(runId);
      if (now.status !== "running") return now;
    }
    const taken = await this.#parts.runs.change(runId, ({ worker: _, ...now }) =>
      now.status === "running" ? { ...now, status: "cancelled", epoch: now.epoch + 1 } : undefined,
    );
    return taken.status === "cancelled" ? await this.#tellCancelled(taken) : taken;
  }

  /**
   * Goes on with a run from its last checkpoint. One that waits in a queue for a worker with a key goes on here if the key comes along.
   * @throws AgentError `run_finished` for one that is done
   */
  async resume(runId: string, keys: ModelEnvironment): Promise<RunRecord> {
    return await this.#goOn(runId, keys, (now) => now);
  }

  /**
   * Starts a run that did not get done anew: the same request with the same files in the same record, but in a thread of its own, so that
   * nothing that the agent thought or was told in the attempt before is in it. What was published stays published.
   * @throws AgentError `run_finished` for one that is done, `run_busy` for one that is under way
   */
  async retry(runId: string, keys: ModelEnvironment): Promise<RunRecord> {
    return await this.#goOn(runId, keys, (now) => {
      if (!isAtRest(now.status)) {
        throw new AgentError("run_busy", `Run ${runId} is under way; cancel it before you start it anew.`);
      }
      const { stopped: _, approval: __, question: _____, error: ___, result: ____, ...rest } = now;
      return { ...rest, attempt: now.attempt + 1, heard: 0 };
    });
  }

  /**
   * Stores a person's signed answer; the run goes on by itself.
   * @throws AgentError `run_not_found`, `approval_not_found`, `approval_decided`
   */
  async decide(runId: string, approvalId: string, o: RunDecision, keys: ModelEnvironment): Promise<RunRecord> {
    await this.get(runId);
    using _kept = keepOut(this.#parts.backbone.secrets, keys);
    const approve = o.decision === "approve";
    await this.#parts.approvals.decide(runId, approvalId, { approve, by: "owner", message: o.message });
    const data = { id: approvalId, approved: approve, by: "owner", message: o.message };
    await this.#parts.backbone.events.append(runId, "approval.decided", data, { id: `approval.${approvalId}.decided` });
    this.#keys.keep(runId, keys);
    const record = await this.#parts.runs.change(runId, (now) => {
      if (now.status !== "waiting") return undefined;
      const { approval: _, result: __, ...rest } = now;
      return queued(rest, this.#place(now.class, keys));
    });
    if (record.status === "queued") await this.#submissions.submit(record);
    return record;
  }

  async #goOn(runId: string, keys: ModelEnvironment, prepare: (now: RunRecord) => RunRecord): Promise<RunRecord> {
    const before = await this.get(runId);
    if (before.origin === this.#parts.worker.host) await this.#given.keepDraft(before);
    const isOwn = before.origin === this.#parts.worker.host && before.status !== "done";
    const folder = isOwn ? await claimRunFolder(before) : {};
    const place = this.#place(classOfRun(before), keys);
    this.#keys.keep(runId, keys);
    let isMoved = false;
    const record = await this.#parts.runs.change(runId, (now) => {
      if (now.status === "done")
        throw new AgentError("run_finished", `Run ${runId} is done; there is nothing to resume.`);
      const next = prepare(now);
      // A run that is under way has all it needs, unless it waits where nobody can serve it.
      isMoved = isAtRest(now.status) || (now.status === "queued" && place.hasKeys && !now.hasKeys);
      return isMoved ? { ...queued(next, place), ...folder, class: classOfRun(now), losses: 0 } : undefined;
    });
    if (!isMoved) return record;
    await this.#submissions.submit(record);
    if (before.queue !== undefined && before.queue !== place.queue) {
      await this.#parts.backbone.tasks.withdraw(before.queue, runId);
    }
    return record;
  }

  /** A key that cannot be opened is told now, and not when everything else is done. */
  async #authorOf(asked: Pick<RunRecord, "agentId" | "revises"> & { author?: string }) {
    const author = await this.#named(asked);
    await this.#parts.authors.signer(author.publicKey);
    return author;
  }

  /** Who is named gets a key if he has none; who revises must have the one that the article was signed with. */
  #named({ author, agentId, revises }: Pick<RunRecord, "agentId" | "revises"> & { author?: string }) {
    const { authors } = this.#parts;
    if (revises !== undefined) return authors.get(author ?? "");
    return author === undefined ? authors.first(agentId) : authors.named(author);
  }

  #place(class_: string, keys: ModelEnvironment) {
    return placeFor(class_, { host: this.#parts.worker.host, keys, board: this.#board });
  }

  async #tellCancelled(record: RunRecord): Promise<RunRecord> {
    const { runId, status, submission, epoch } = record;
    if (status !== "cancelled") return record;
    const id = `status.s${submission}.${epoch}.cancelled`;
    await this.#parts.backbone.events.append(runId, "status", { status }, { id });
    if (record.queue !== undefined) await this.#parts.backbone.tasks.withdraw(record.queue, runId);
    this.#keys.drop(runId);
    return record;
  }
}

/** What becomes of a run that nobody can be asked to stop: one that waits for an answer or was interrupted is cancelled, an end stays. */
function cancelledAtRest(now: RunRecord): RunRecord | undefined {
  return now.status === "waiting" || now.status === "interrupted" ? { ...now, status: "cancelled" } : undefined;
}

type ParsedRequest = ReturnType<typeof parseRequest>;

function parseRequest(request: RunRequest) {
  const parsed = RunRequest.safeParse(request);
  if (!parsed.success) {
    throw new AgentError("invalid_request", parsed.error.issues[0]?.message ?? "The request is not valid.", {
      cause: parsed.error,
    });
  }
  if (parsed.data.kind === "publish" && parsed.data.draft === undefined) {
    throw new AgentError("invalid_request", "Name the draft to publish: vibewriter publish FILE --sources PATH.");
  }
  const details = articleDetailsSchema.safeParse(parsed.data.details);
  if (details.success) return { ...parsed.data, details: details.data };
  const [issue] = details.error.issues;
  throw new AgentError("invalid_request", `The article's ${issue?.path.join(".")} ${issue?.message}.`, {
    cause: details.error,
  });
}
