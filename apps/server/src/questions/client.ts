import type { Estimate, RunRecord } from "@vibewriter/agent/runs";
import { RunAnswer } from "../api.js";
import type { Caller } from "../call.js";
import { type Keys, keysHeader } from "../keys.js";
import { EstimateAnswer } from "./api.js";

/** What is asked before a run works: what it will take, and what its request means. Failures are ServerErrors with the codes of runs. */
export class QuestionsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** What a run with this model, or the one that is used by default, is likely to take. */
  async estimate(model: string | undefined, keys: Keys): Promise<Estimate> {
    const o = { body: { model }, headers: keysHeader(keys) };
    return (await this.#caller.call("POST", "/v1/estimates", EstimateAnswer, o)).estimate;
  }

  /** Answers what a run asks about its request; without `text` it is left to the agent. */
  async answer(runId: string, text: string | undefined, keys: Keys): Promise<RunRecord> {
    const o = { body: { text }, headers: keysHeader(keys) };
    return (await this.#caller.call("POST", `/v1/runs/${encodeURIComponent(runId)}/answer`, RunAnswer, o)).run;
  }
}
