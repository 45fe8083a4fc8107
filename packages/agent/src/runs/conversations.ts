import { join } from "node:path";
import type { QueueName } from "@vibewriter/backbone";
import type { Machines } from "../machines.js";
import { classOf, type ModelEnvironment } from "../models/model.js";
import { PUBLISH_TOOL } from "../policy/arguments.js";
import { scopeOf } from "../publishing/publications.js";
import type { GivenFiles } from "../sources/given.js";
import { announce } from "./announce.js";
import type { RunBoard } from "./board.js";
import { RunEvent } from "./event.js";
import { dropEmptyFolder } from "./export.js";
import { isFenced } from "./fence.js";
import { claimRunFolder } from "./folder.js";
import { type KeyRing, keepOut } from "./key-ring.js";
import { newRecord } from "./new-record.js";
import type { RunParts } from "./parts.js";
import { modelFor, modelsFor, type RunNeeds } from "./placement.js";
import { FIRST_TURN, isAtRest, type RunRecord } from "./record.js";
import { queued, type Submissions } from "./submissions.js";
import type { Todo } from "./todo.js";
import { ChatRequest, chatOf, parseTurn, TurnRequest, turnsOf, withPlan, withTurn } from "./turns.js";

/** What conversations stand on. */
export interface ConversationsOptions {
  readonly parts: RunParts;
  readonly board: RunBoard;
  readonly keys: KeyRing;
  readonly machines: Pick<Machines, "isolation" | "sandbox" | "requireKeys">;
  readonly given: GivenFiles;
  readonly submissions: Submissions;
  readonly place: (run: RunNeeds, keys: ModelEnvironment) => { queue: QueueName; hasKeys: boolean };
}

/** A run after something was said to it, and the place in its events behind which the answer stands. */
export interface Said {
  readonly run: RunRecord;
  readonly after: number;
}

/** What persons say to runs: more turns, a plan of their own, and the standing chat of each agent. */
export class Conversations {
  readonly #o: ConversationsOptions;

  constructor(o: ConversationsOptions) {
    this.#o = o;
  }

  /**
   * Adds what a person says to a run. One at rest goes on; one under way hears it before its next model call.
   * @throws AgentError `run_not_found`, `invalid_request`, `run_busy`, `output_failed`; EvidenceError for the sources
   */
  async say(runId: string, request: TurnRequest, keys: ModelEnvironment): Promise<Said> {
    const { parts, given } = this.#o;
    const said = { ...parseTurn(TurnRequest, request), at: new Date().toISOString() };
    const before = await parts.runs.get(runId);
    using _kept = keepOut(parts.backbone.secrets, keys);
    withTurn(before, said); // Refuses what is refused before anything is kept.
    await given.keep({ runId, agentId: before.agentId, sources: said.sources });
    await this.#tellRest(before);
    // One that has failed has given its empty folder back, and another run may have the name by now.
    const folder =
      isAtRest(before.status) && before.origin === parts.worker.host ? await claimRunFolder(before) : undefined;
    this.#o.keys.keep(runId, keys);
    let isWoken = false;
    const record = await parts.runs.change(runId, (now) => {
      const next = withTurn(now, said);
      isWoken = next.status === "queued" && now.status !== "queued";
      return isWoken ? { ...queued(next, this.#o.place(now, keys)), ...folder, losses: 0 } : next;
    });
    // Somebody who said something at the same time has woken it.
    if (folder !== undefined && folder.folder !== record.folder) await dropEmptyFolder(folder.folder);
    const { id } = turnsOf(record).at(-1) ?? { id: FIRST_TURN };
    const after = await this.#tell(record, { type: "turn.added", data: { id, text: said.text } }, `turn.${id}`);
    if (!isWoken) return { run: record, after };
    if (said.yes) await this.#allow(record);
    await this.#o.submissions.submit(record);
    return { run: record, after };
  }

  /**
   * Says something in the standing chat of an agent, which begins with it if there is none.
   * @throws AgentError as `say`, and `unknown_model`, `missing_key`
   */
  async chat(request: ChatRequest, keys: ModelEnvironment): Promise<Said> {
    const { agentId, model, out, ...said } = parseTurn(ChatRequest, request);
    const { machines, parts, given, board, place } = this.#o;
    const runId = chatOf(agentId);
    using _kept = keepOut(parts.backbone.secrets, keys);
    const known = await parts.runs.find(runId);
    if (known !== undefined) {
      if (model !== undefined) await this.#useModel(runId, modelFor(model, keys, board));
      return await this.say(runId, said, keys);
    }
    const { planner, ...others } = parts.defaults.models;
    const full = modelFor(model ?? planner, keys, board);
    const models = modelsFor(others, keys, board);
    machines.requireKeys(keys);
    await given.keep({ runId, agentId, sources: said.sources });
    const author = await parts.authors.first(agentId);
    const { isolation, sandbox } = machines;
    const record: RunRecord = {
      ...newRecord({ runId, agentId, request: said.text, model: full, origin: parts.worker.host }),
      ...place({ model: full, models }, keys),
      models,
      ...{ isolation, sandbox, kind: "chat", out, yes: said.yes, sources: said.sources },
      author: author.name,
      authorKey: author.publicKey,
      folder: join(out, runId),
      hasFolder: false,
      // Nothing to read is no reason not to talk.
      areSourcesRead: said.sources.length === 0,
    };
    await parts.runs.add(record);
    const event: RunEvent = { type: "turn.added", data: { id: FIRST_TURN, text: said.text } };
    const after = await this.#tell(record, event, `turn.${FIRST_TURN}`);
    if (said.yes) await this.#allow(record);
    this.#o.keys.keep(runId, keys);
    await this.#o.submissions.submit(record);
    return { run: record, after };
  }

  /** Writes a plan into the place of the agent's own. Throws AgentError `run_not_found`, `invalid_request`. */
  async editPlan(runId: string, todos: readonly Todo[]): Promise<RunRecord> {
    const record = await this.#o.parts.runs.change(runId, (now) => withPlan(now, todos));
    const { edit = 0, todos: steps = [] } = record.plan ?? {};
    await this.#tell(record, { type: "plan.edited", data: { todos: steps } }, `plan.${edit}`);
    return record;
  }

  /** The plan of a run as it stands: the last that its agent, or the person, has written. Throws AgentError `run_not_found`. */
  async plan(runId: string): Promise<Todo[]> {
    await this.#o.parts.runs.get(runId);
    let todos: Todo[] = [];
    for await (const { type, data } of this.#o.parts.backbone.events.read(runId)) {
      if (type !== "plan" && type !== "plan.edited") continue;
      const event = RunEvent.safeParse({ type, data }).data;
      if (event?.type === "plan" || event?.type === "plan.edited") todos = event.data.todos;
    }
    return todos;
  }

  /** Its worker may have been killed between the record and the last words: nobody tells them once more is asked of the run. */
  async #tellRest(record: RunRecord): Promise<void> {
    if (record.status !== "done" && record.status !== "failed") return;
    try {
      await announce(this.#o.parts.backbone.events, record);
    } catch (error) {
      if (!isFenced(error)) throw error; // It is driven again, so somebody else has said something, and told them first.
    }
  }

  /** Allows the one publication that `--yes` is for. */
  async #allow({ runId, work }: RunRecord): Promise<void> {
    await this.#o.parts.approvals.allowOnce(scopeOf(runId, work), PUBLISH_TOOL, "--yes");
  }

  async #useModel(runId: string, model: string): Promise<void> {
    const change = (now: RunRecord): RunRecord => ({ ...now, model, class: classOf(model) });
    await this.#o.parts.runs.change(runId, change);
  }

  async #tell({ runId }: RunRecord, event: RunEvent, id: string): Promise<number> {
    return await this.#o.parts.backbone.events.append(runId, event.type, event.data, { id });
  }
}
