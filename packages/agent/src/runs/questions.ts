import type { QueueName } from "@vibewriter/backbone";
import { AgentError } from "../errors.js";
import type { ModelEnvironment } from "../models/model.js";
import type { RunBudget } from "../research/budget-limits.js";
import { estimate } from "../research/estimate.js";
import type { Estimate } from "../research/estimate-shape.js";
import { priceOf } from "../telemetry/prices.js";
import type { RunBoard } from "./board.js";
import { type KeyRing, keepOut } from "./key-ring.js";
import type { RunParts } from "./parts.js";
import { modelFor, type RunNeeds } from "./placement.js";
import type { PersonQuestion, RunRecord } from "./record.js";
import { queued, type Submissions } from "./submissions.js";

/** What is asked before a run works: what it will take, and what its request means. */
export class RunQuestions {
  readonly #o: {
    readonly parts: RunParts;
    readonly board: RunBoard;
    readonly keys: KeyRing;
    readonly submissions: Submissions;
    readonly place: (run: RunNeeds, keys: ModelEnvironment) => { queue: QueueName; hasKeys: boolean };
  };

  constructor(o: {
    parts: RunParts;
    board: RunBoard;
    keys: KeyRing;
    submissions: Submissions;
    place: (run: RunNeeds, keys: ModelEnvironment) => { queue: QueueName; hasKeys: boolean };
  }) {
    this.#o = o;
  }

  /** What a run with this model is likely to take. Throws AgentError `unknown_model`, `missing_key`. */
  estimate(model: string | undefined, keys: ModelEnvironment): Promise<Estimate> {
    const { planner } = this.#o.parts.defaults.models;
    return this.#estimate(modelFor(model ?? planner, keys, this.#o.board));
  }

  /** Tells in the log of a new run what it is likely to take. */
  async tellEstimate(runId: string, model: string): Promise<void> {
    const expected = await this.#estimate(model);
    await this.#o.parts.backbone.events.append(runId, "estimate", expected, { id: "estimate" });
  }

  /** What costs nobody knows what cannot be held within a limit. Throws AgentError `invalid_request`. */
  requirePrice(budget: RunBudget, model: string): void {
    const limits = [budget, ...Object.values(budget.stages ?? {})];
    const isLimited = limits.some((each) => each?.maxCostUsd !== undefined);
    if (!isLimited || priceOf(model, this.#o.parts.telemetry.prices) !== undefined) return;
    const message = `The price of ${model} is not known, so --max-cost cannot be kept; set it in config.json (prices), or use --max-minutes.`;
    throw new AgentError("invalid_request", message);
  }

  /**
   * Answers what a run asks about its request, or, without `text`, leaves it to the agent; the run goes on by itself.
   * @throws AgentError `run_not_found`, `no_question`
   */
  async answer(runId: string, text: string | undefined, keys: ModelEnvironment): Promise<RunRecord> {
    const { parts, submissions, place } = this.#o;
    using _kept = keepOut(parts.backbone.secrets, keys);
    let asked: PersonQuestion | undefined;
    const record = await parts.runs.change(runId, (now) => {
      asked = now.status === "waiting" ? now.question : undefined;
      if (asked === undefined) return undefined;
      const { question: _, result: __, ...rest } = now;
      const answer = { id: asked.id, text, at: new Date().toISOString() };
      return queued({ ...rest, answers: [...now.answers, answer] }, place(now, keys));
    });
    if (asked === undefined) {
      const message = `Run ${runId} asks nothing about its request; say more to it with \`vibewriter research "..." --continue ${runId}\`.`;
      throw new AgentError("no_question", message);
    }
    this.#o.keys.keep(runId, keys);
    const { id, assumption } = asked;
    const data = { id, text, assumption };
    await parts.backbone.events.append(runId, "question.answered", data, { id: `question.${id}.answered` });
    await submissions.submit(record);
    return record;
  }

  async #estimate(model: string): Promise<Estimate> {
    const { runs, backbone, telemetry } = this.#o.parts;
    return await estimate({ model, prices: telemetry.prices, runs: await runs.list(), events: backbone.events });
  }
}
