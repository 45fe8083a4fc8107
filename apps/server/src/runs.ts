import type { OpenRuns } from "@vibewriter/agent/host";
import type {
  ApprovalDecision,
  AskedApproval,
  ChatRequest,
  Estimate,
  RunRecord,
  RunRequest,
  Todo,
  TurnRequest,
} from "@vibewriter/agent/runs";
import type { FollowedEvent } from "./client.js";
import type { SaidAnswer } from "./conversations/api.js";
import { ANOTHER_HOME, requireSpace } from "./disk.js";
import { ServerError } from "./errors.js";
import type { IdleTimer } from "./idle.js";
import type { Keys } from "./keys.js";
import type { ReportQuery } from "./reports/api.js";
import type { ApprovalService } from "./routes/approvals.js";
import type { ConversationService } from "./routes/conversations.js";
import type { QuestionService } from "./routes/questions.js";
import type { RecordingService } from "./routes/recordings.js";
import type { ReportService } from "./routes/reports.js";
import type { RunService } from "./routes/runs.js";
import type { WorkerService } from "./routes/workers.js";
import type { Worker } from "./workers/api.js";

export interface RunsOptions {
  readonly runs: OpenRuns;
  readonly idle: IdleTimer;
  readonly home: string;
  readonly minFreeBytes: number;
  /** For runs whose command brings none of that name; default: none. */
  readonly keys?: Keys;
  /** Throws for keys of a command that refer to what is not there. */
  readonly check?: (keys: Keys) => void;
}

/** A report with its sources; larger ones are rare and say so when they do not fit. */
const SPACE_FOR_A_REPORT = 32 * 1024 * 1024;

/** The runs as clients of this home see them: wherever they are driven, they are started, followed and answered here. */
export class Runs
  implements
    RunService,
    ApprovalService,
    WorkerService,
    ConversationService,
    QuestionService,
    ReportService,
    RecordingService,
    AsyncDisposable
{
  readonly #o: RunsOptions;
  readonly #listening: Disposable;
  #hold: Disposable | undefined;
  #closed = false;

  constructor(o: RunsOptions) {
    this.#o = o;
    this.#listening = o.runs.board.onRun(() => this.#holdWhileActive());
    this.#holdWhileActive();
  }

  /** This home, as records name it. */
  get host(): string {
    return this.#o.runs.host;
  }

  /** How many runs of this home are driven or wait in line, and how many of others are driven here. */
  get active(): number {
    const { board, host } = this.#o.runs;
    return board.active.filter(({ record }) => record.origin === host || record.worker?.host === host).length;
  }

  /** Runs that work in VMs of this host, or may any moment. */
  get here(): RunRecord[] {
    const { board, host } = this.#o.runs;
    const records = board.active.map(({ record }) => record);
    return records.filter(({ worker }) => worker === undefined || worker.host === host);
  }

  async start(request: RunRequest, keys: Keys): Promise<RunRecord> {
    await this.#makeSure();
    const { minFreeBytes } = this.#o;
    const forReport = Math.min(minFreeBytes, SPACE_FOR_A_REPORT);
    await requireSpace(request.out, forReport, { what: "a report", instead: "name another folder with --out" });
    return await this.#o.runs.client.start(request, this.#with(keys));
  }

  list(): Promise<RunRecord[]> {
    return this.#o.runs.client.list();
  }

  get(id: string): Promise<RunRecord> {
    return this.#o.runs.client.get(id);
  }

  cancel(id: string): Promise<RunRecord> {
    return this.#o.runs.client.cancel(id);
  }

  async resume(id: string, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    return await this.#o.runs.client.resume(id, this.#with(keys));
  }

  async retry(id: string, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    return await this.#o.runs.client.retry(id, this.#with(keys));
  }

  async decide(id: string, approvalId: string, decision: ApprovalDecision, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    return await this.#o.runs.client.decide(id, approvalId, decision, this.#with(keys));
  }

  approvals(o: { all: boolean }): Promise<AskedApproval[]> {
    return this.#o.runs.client.approvals.list(o);
  }

  approval(id: string): Promise<AskedApproval> {
    return this.#o.runs.client.approvals.get(id);
  }

  estimate(model: string | undefined, keys: Keys): Promise<Estimate> {
    return this.#o.runs.client.questions.estimate(model, this.#with(keys));
  }

  async answer(id: string, text: string | undefined, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    return await this.#o.runs.client.questions.answer(id, text, this.#with(keys));
  }

  async say(id: string, turn: TurnRequest, keys: Keys): Promise<SaidAnswer> {
    await this.#makeSure();
    return await this.#o.runs.client.conversations.say(id, turn, this.#with(keys));
  }

  async chat(request: ChatRequest, keys: Keys): Promise<SaidAnswer> {
    await this.#makeSure();
    return await this.#o.runs.client.conversations.chat(request, this.#with(keys));
  }

  plan(id: string): Promise<Todo[]> {
    return this.#o.runs.client.conversations.plan(id);
  }

  editPlan(id: string, todos: readonly Todo[]): Promise<RunRecord> {
    return this.#o.runs.client.conversations.editPlan(id, todos);
  }

  report(id: string, { format, ...style }: ReportQuery): Promise<Uint8Array> {
    return this.#o.runs.reports.make(id, format, style);
  }

  writeRecording(id: string, folder: string): Promise<{ calls: number }> {
    return this.#o.runs.recordings.write(id, folder);
  }

  async readRecording(folder: string): Promise<RunRecord> {
    await this.#makeSure();
    return await this.#o.runs.recordings.read(folder);
  }

  follow(id: string, o: { after: number; signal: AbortSignal }): AsyncIterable<FollowedEvent> {
    return this.#o.runs.client.follow(id, o);
  }

  /** Workers of all hosts, those that were heard of last first. */
  workers(): Worker[] {
    const all = this.#o.runs.client.workers().map(({ info, ...heard }) => ({ ...info, ...heard }));
    return all.sort((a, b) => a.silentMs - b.silentMs);
  }

  /** Hands back what is driven here, so that others, or the next server of this home, go on with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#listening[Symbol.dispose]();
    await this.#o.runs[Symbol.asyncDispose]();
    this.#hold?.[Symbol.dispose]();
  }

  /** A server in which a run is under way, or that lays out the end of one elsewhere, does not end for idleness; nobody is waited for. */
  #holdWhileActive(): void {
    const { board } = this.#o.runs;
    const isServed = ({ status, queue, class: class_ }: RunRecord) =>
      status === "running" || queue?.startsWith("host.") || board.serves(class_);
    if (this.active > 0 && board.active.some(({ record }) => isServed(record))) {
      this.#hold ??= this.#o.idle.hold();
    } else {
      this.#hold?.[Symbol.dispose]();
      this.#hold = undefined;
    }
  }

  /** With those of the home. */
  #with(keys: Keys): Keys {
    this.#o.check?.(keys);
    return { ...this.#o.keys, ...keys };
  }

  /** That the server is not ending, and that there is space for a run. */
  async #makeSure(): Promise<void> {
    this.#refuseWhenClosed();
    const { home, minFreeBytes } = this.#o;
    await requireSpace(home, minFreeBytes, { what: "a run", instead: ANOTHER_HOME });
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new ServerError("stopping", "The server is ending; run the command again.");
  }
}
