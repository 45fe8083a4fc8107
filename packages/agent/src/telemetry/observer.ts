import type { Usage } from "./usage.js";

/** What is told of runs as they are driven, for figures. Times are seconds. Nothing of it names a run or says what it is about. */
export interface RunObserver {
  modelCalled?(call: ModelCall): void;
  toolCalled?(call: { tool: string; ok: boolean; seconds: number }): void;
  checkpointed?(call: { operation: "put" | "put_writes" | "get"; ok: boolean; seconds: number }): void;
}

export interface ModelCall {
  /** The model's full name, such as `anthropic:claude-sonnet-4-6`. */
  readonly model: string;
  /** `vibewriter` or the subagent's name. */
  readonly agent: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** Absent where the provider does not say, as the offline model. */
  readonly usage?: Usage;
  /** US dollars; undefined for a model without a known price. */
  readonly cost: number | undefined;
}
