import { alreadyDecided, auditEntryOf } from "../approvals/answers.js";
import type { ApprovalDecision } from "../approvals/decision.js";
import { auditOf } from "../audit/audit.js";
import { AgentError } from "../errors.js";
import type { Machines } from "../machines.js";
import type { ModelEnvironment } from "../models/model.js";
import { GivenFiles } from "../sources/given.js";
import { RunApprovals } from "./approvals.js";
import type { RunBoard } from "./board.js";
import { Cancellation } from "./cancellation.js";
import { Conversations } from "./conversations.js";
import { claimRunFolder } from "./folder.js";
import { type FollowedRunEvent, followRun } from "./follow.js";
import { type KeyRing, keepOut } from "./key-ring.js";
import { NewRuns } from "./new-runs.js";
import type { Origin } from "./origin.js";
import type { RunParts } from "./parts.js";
import { classOfRun, placeFor, type RunNeeds } from "./placement.js";
import { RunQuestions } from "./questions.js";
import { isAtRest, type RunRecord, type RunRequest } from "./record.js";
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

/** Starts runs, follows them, and asks things of them, whoever drives them. */
export class RunClient {
  readonly #parts: RunParts;
  readonly #board: RunBoard;
  readonly #keys: KeyRing;
  readonly #origin: RunClientOptions["origin"];
  readonly #given: GivenFiles;
  readonly #submissions: Submissions;
  readonly #newRuns: NewRuns;
  readonly #cancellation: Cancellation;
  /** What persons say to runs. */
  readonly conversations: Conversations;
  /** What is asked before a run works. */
  readonly questions: RunQuestions;
  /** What runs ask a person to allow. */
  readonly approvals: RunApprovals;

  constructor(o: RunClientOptions) {
    this.#parts = o.parts;
    this.#board = o.board;
    this.#keys = o.keys;
    this.#origin = o.origin;
    this.#given = new GivenFiles(o.parts.backbone.files);
    this.#submissions = new Submissions(o.parts);
    this.#cancellation = new Cancellation(o);
    this.conversations = new Conversations({
      ...o,
      given: this.#given,
      submissions: this.#submissions,
      place: (run, keys) => this.#place(run, keys),
    });
    this.approvals = new RunApprovals(o.parts);
    this.questions = new RunQuestions({ ...o, submissions: this.#submissions, place: this.#place.bind(this) });
    const [given, submissions, questions] = [this.#given, this.#submissions, this.questions];
    this.#newRuns = new NewRuns({ ...o, given, submissions, questions });
  }

  /**
   * Starts a run, after everything that can be known to be wrong with the request has been looked at and what it is given has been kept. Under a key
   * that a run has which did not fail, it is that run.
   * @throws AgentError `invalid_request`, `unknown_model`, `missing_key`, `output_failed`; EvidenceError for the sources
   */
  start(request: RunRequest, keys: ModelEnvironment): Promise<RunRecord> {
    return this.#newRuns.start(request, keys);
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
  cancel(runId: string): Promise<RunRecord> {
    return this.#cancellation.of(runId);
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
   * Stores a person's signed answer; the run goes on by itself. The same answer again changes nothing.
   * @throws AgentError `run_not_found`, `approval_not_found`, `approval_decided`, `approval_expired`, `invalid_decision`;
   * BackboneError `unavailable` where the audit does not take it: give the same answer again
   */
  async decide(runId: string, approvalId: string, o: ApprovalDecision, keys: ModelEnvironment): Promise<RunRecord> {
    const before = await this.get(runId);
    const { secrets } = this.#parts.backbone;
    using _kept = keepOut(secrets, keys);
    const { approval, isFirst } = await this.#parts.approvals.decide(runId, approvalId, o, "owner");
    // The same again is for a run that has not heard of it, since this process was killed in between.
    if (!isFirst && (before.status !== "waiting" || before.approval?.id !== approvalId)) {
      throw alreadyDecided(approvalId, approval);
    }
    // Also where it is said again: nothing comes of an answer that the audit has not heard of, and the first time it may not have.
    const audit = auditOf(this.#parts.trail, { ...before, secrets });
    audit.record(auditEntryOf(approval));
    await audit.written();
    const { decidedAt, message } = approval;
    const edited = o.decision === "edit" ? true : undefined;
    const data = { id: approvalId, approved: o.decision !== "reject", edited, by: "owner", message };
    const id = `approval.${approvalId}.${decidedAt}`;
    await this.#parts.backbone.events.append(runId, "approval.decided", data, { id });
    this.#keys.keep(runId, keys);
    const record = await this.#parts.runs.change(runId, (now) => {
      if (now.status !== "waiting") return undefined;
      const { approval: _, result: __, ...rest } = now;
      return queued(rest, this.#place(now, keys));
    });
    if (record.status === "queued") await this.#submissions.submit(record);
    return record;
  }

  async #goOn(runId: string, keys: ModelEnvironment, prepare: (now: RunRecord) => RunRecord): Promise<RunRecord> {
    const before = await this.get(runId);
    if (before.origin === this.#parts.worker.host) await this.#given.keepDraft(before);
    const isOwn = before.origin === this.#parts.worker.host && before.status !== "done";
    const folder = isOwn ? await claimRunFolder(before) : {};
    const place = this.#place(before, keys);
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

  #place(run: RunNeeds, keys: ModelEnvironment) {
    return placeFor(run, { host: this.#parts.worker.host, keys, board: this.#board });
  }
}
