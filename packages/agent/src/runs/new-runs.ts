import { AgentError } from "../errors.js";
import type { Machines } from "../machines.js";
import type { ModelEnvironment } from "../models/model.js";
import { modelsOf, namesOf } from "../models/roles.js";
import { titleOf } from "../offline/draft.js";
import { PUBLISH_TOOL } from "../policy/arguments.js";
import type { GivenFiles } from "../sources/given.js";
import { currentTraceparent, requestSpan } from "../telemetry/run.js";
import type { RunBoard } from "./board.js";
import { orUsual } from "./defaults.js";
import { claimFolder } from "./folder.js";
import { type KeyRing, keepOut } from "./key-ring.js";
import { newRecord } from "./new-record.js";
import { type ParsedRequest, parseRequest } from "./parsed-request.js";
import type { RunParts } from "./parts.js";
import { classOfRun, modelFor, modelsFor, placeFor } from "./placement.js";
import type { RunQuestions } from "./questions.js";
import { attemptOf, isAtRest, type RunRecord, type RunRequest } from "./record.js";
import { Starts } from "./starts.js";
import { newRunId } from "./store.js";
import type { Submissions } from "./submissions.js";

/** Makes runs of requests. */
export class NewRuns {
  readonly #parts: RunParts;
  readonly #board: RunBoard;
  readonly #keys: KeyRing;
  readonly #machines: Pick<Machines, "isolation" | "sandbox" | "requireKeys">;
  readonly #given: GivenFiles;
  readonly #submissions: Submissions;
  readonly #questions: RunQuestions;
  readonly #starts: Starts;

  constructor(o: {
    parts: RunParts;
    board: RunBoard;
    keys: KeyRing;
    machines: Pick<Machines, "isolation" | "sandbox" | "requireKeys">;
    given: GivenFiles;
    submissions: Submissions;
    questions: RunQuestions;
  }) {
    this.#parts = o.parts;
    this.#board = o.board;
    this.#keys = o.keys;
    this.#machines = o.machines;
    this.#given = o.given;
    this.#submissions = o.submissions;
    this.#questions = o.questions;
    this.#starts = new Starts(o.parts.runs, o.parts.worker.host);
  }

  /** @throws AgentError `invalid_request`, `unknown_model`, `missing_key`, `output_failed`; EvidenceError for the sources */
  start(request: RunRequest, keys: ModelEnvironment): Promise<RunRecord> {
    const start = () => this.#start(request, keys);
    return requestSpan(() => (request.key === undefined ? start() : this.#starts.once(request.key, start)));
  }

  async #start(request: RunRequest, keys: ModelEnvironment): Promise<RunRecord> {
    const parsed = parseRequest(request);
    const repeated = parsed.replay === undefined ? undefined : await this.#repeated(parsed, parsed.replay);
    const { kind, ...asked } = repeated?.asked ?? parsed;
    const recorded = repeated?.recorded;
    const { defaults } = this.#parts;
    const { planner: _, ...others } = defaults.models;
    const [usual, named] = [defaults.models, orUsual(asked.models, others)];
    const search = this.#searchesOf(parsed, keys);
    const model =
      repeated?.model ?? (kind === "publish" ? "none" : modelFor(asked.model ?? usual.planner, keys, this.#board));
    const models = repeated?.models ?? (kind === "publish" ? {} : modelsFor(named, keys, this.#board));
    const budget = kind === "publish" || recorded !== undefined ? asked.budget : orUsual(asked.budget, defaults.budget);
    this.#machines.requireKeys(keys);
    using _kept = keepOut(this.#parts.backbone.secrets, keys);
    const runId = newRunId();
    if (asked.replay === undefined) await this.#given.keep({ ...asked, runId });
    await this.#given.keepDraft({ ...asked, runId });
    for (const name of namesOf(modelsOf({ model, models }))) this.#questions.requirePrice(budget, name);
    const { host } = this.#parts.worker;
    const author = await this.#authorOf(asked);
    const record: RunRecord = {
      ...newRecord({ runId, agentId: asked.agentId, request: asked.request, model, origin: host }),
      ...placeFor({ model, models, recorded }, { host, keys, board: this.#board }),
      class: classOfRun({ model, recorded }),
      kind,
      models,
      key: asked.key,
      sources: asked.sources,
      search: [...search],
      replays: asked.replay,
      recorded,
      draft: asked.draft,
      askedBy: asked.askedBy,
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
      budget,
      attended: asked.attended,
      traceparent: currentTraceparent(),
      areSourcesRead: false,
      // Of a run that repeats another one the answers are that one's.
      ...repeated?.answered,
    };
    await this.#parts.runs.add(record);
    if (asked.yes) await this.#parts.approvals.allowOnce(runId, PUBLISH_TOOL, "--yes");
    if (kind === "research") await this.#questions.tellEstimate(runId, model);
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
    const run = await this.#parts.runs.get(runId);
    if (run.kind !== "research" || !isAtRest(run.status) || !run.areSourcesRead) {
      const message = `Run ${runId} cannot be repeated: it must be a research run that has read its sources and is at rest.`;
      throw new AgentError("invalid_request", message);
    }
    const { request, sources, details, agentId } = run;
    const own = { request, sources, details, agentId, draft: undefined, revises: undefined, yes: false };
    const again = { ...asked, ...own, author: run.author };
    const answered = { answersByCount: run.answersByCount, replaysAttempt: attemptOf(run) };
    if (asked.model !== undefined) return { asked: again, answered };
    const recorded = run.recorded ?? runId;
    if ((await this.#parts.recordings.of({ agentId, runId: recorded })).length === 0) {
      if (run.model === "offline") return { asked: { ...again, model: run.model }, answered };
      const message = `There is no recording of what ${run.model} answered in ${runId}; name a model to ask anew with --model.`;
      throw new AgentError("no_recording", message);
    }
    // What it had spent when decides what its model was told.
    return { asked: { ...again, budget: run.budget }, recorded, model: run.model, models: run.models, answered };
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
}
