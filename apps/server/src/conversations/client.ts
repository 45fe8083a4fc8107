import type { ChatRequest, RunRecord, Todo, TurnRequest } from "@vibewriter/agent/runs";
import { RunAnswer } from "../api.js";
import type { Caller } from "../call.js";
import { type Keys, keysHeader } from "../keys.js";
import { Plan, SaidAnswer } from "./api.js";

/** Sources are kept before the answer comes. */
const TIMEOUT_MS = 120_000;

/** What a person says to runs, for clients. Failures are ServerErrors with the codes of runs. */
export class ConversationsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Adds a turn to a run; its answer stands in the run's events behind `after`. */
  say(runId: string, turn: TurnRequest, keys: Keys): Promise<SaidAnswer> {
    const path = `/v1/runs/${encodeURIComponent(runId)}/turns`;
    return this.#caller.call("POST", path, SaidAnswer, {
      body: turn,
      headers: keysHeader(keys),
      timeoutMs: TIMEOUT_MS,
    });
  }

  /** Says something in the standing chat of an agent. */
  chat(request: ChatRequest, keys: Keys): Promise<SaidAnswer> {
    const o = { body: request, headers: keysHeader(keys), timeoutMs: TIMEOUT_MS };
    return this.#caller.call("POST", "/v1/chats", SaidAnswer, o);
  }

  /** The plan of a run as it stands. */
  async plan(runId: string): Promise<Todo[]> {
    return (await this.#caller.call("GET", `/v1/runs/${encodeURIComponent(runId)}/plan`, Plan)).todos;
  }

  /** Writes another plan into its place. */
  async editPlan(runId: string, todos: readonly Todo[]): Promise<RunRecord> {
    const path = `/v1/runs/${encodeURIComponent(runId)}/plan`;
    return (await this.#caller.call("PUT", path, RunAnswer, { body: { todos } })).run;
  }
}
