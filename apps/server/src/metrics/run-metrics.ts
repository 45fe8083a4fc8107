import type { ModelCall, RunObserver, WorkerEvent } from "@vibewriter/agent/host";
import { Counter, Histogram, type Registry } from "prom-client";
import { Few } from "./few.js";

/** Seconds: from a cached read to a call that waits for a model. */
const CHECKPOINT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const CALL_BUCKETS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const RUN_BUCKETS = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];

/** Counts what runs do in this process. No label names a run, a person or a text: the number of series has an end. */
export class RunMetrics implements RunObserver {
  readonly #models = new Few(50);
  readonly #tools = new Few(100);
  readonly #runs;
  readonly #runSeconds;
  readonly #redeliveries;
  readonly #modelCalls;
  readonly #modelSeconds;
  readonly #tokens;
  readonly #cost;
  readonly #unpriced;
  readonly #toolCalls;
  readonly #toolSeconds;
  readonly #checkpoints;
  readonly #checkpointErrors;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string, labelNames: string[]) =>
      new Counter({ name: `vibewriter_${name}`, help, labelNames, registers });
    const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
      new Histogram({ name: `vibewriter_${name}`, help, labelNames, buckets, registers });
    this.#runs = counter("runs_total", "Drives of runs that came to rest, by how.", ["status"]);
    this.#runSeconds = histogram("run_drive_duration_seconds", "How long a drive took.", [], RUN_BUCKETS);
    this.#redeliveries = counter("task_redeliveries_total", "Tasks that came here once more.", []);
    this.#modelCalls = counter("model_calls_total", "Calls of models.", ["model", "agent", "outcome"]);
    this.#modelSeconds = histogram("model_call_duration_seconds", "How long they took.", ["model"], CALL_BUCKETS);
    this.#tokens = counter("model_tokens_total", "Tokens, as the provider counts them.", ["model", "type"]);
    this.#cost = counter("model_cost_usd_total", "US dollars by the price table.", ["model"]);
    this.#unpriced = counter("model_calls_unpriced_total", "Calls whose cost is unknown.", ["model"]);
    this.#toolCalls = counter("tool_calls_total", "Calls of tools.", ["tool", "outcome"]);
    this.#toolSeconds = histogram("tool_call_duration_seconds", "How long they took.", ["tool"], CALL_BUCKETS);
    const checkpoints = "Calls of the checkpointer, and how long they took.";
    this.#checkpoints = histogram("checkpoint_duration_seconds", checkpoints, ["operation"], CHECKPOINT_BUCKETS);
    this.#checkpointErrors = counter("checkpoint_errors_total", "Those that failed.", ["operation"]);
  }

  /** Told of what happens to the runs of this process's worker. */
  heard(event: WorkerEvent): void {
    if (event.type === "run claimed" && event.deliveries > 1) this.#redeliveries.inc();
    if (event.type !== "run at rest") return;
    this.#runs.inc({ status: event.status });
    this.#runSeconds.observe(event.ms / 1000);
  }

  modelCalled(call: ModelCall): void {
    // A name that no provider knows is no model: whoever mistypes makes no series.
    const model = call.ok ? this.#models.name(call.model) : this.#models.known(call.model);
    this.#modelCalls.inc({ model, agent: call.agent, outcome: outcomeOf(call.ok) });
    this.#modelSeconds.observe({ model }, call.seconds);
    // An answer that could not be used has its price.
    if (!call.ok && call.usage === undefined) return;
    if (call.cost === undefined) this.#unpriced.inc({ model });
    else this.#cost.inc({ model }, call.cost);
    if (call.usage === undefined) return;
    const { input, output, cacheRead, cacheWrite } = call.usage;
    for (const [type, count] of Object.entries({ input, output, cache_read: cacheRead, cache_write: cacheWrite }))
      if (count > 0) this.#tokens.inc({ model, type }, count);
  }

  toolCalled(call: { tool: string; ok: boolean; seconds: number }): void {
    const tool = call.ok ? this.#tools.name(call.tool) : this.#tools.known(call.tool);
    this.#toolCalls.inc({ tool, outcome: outcomeOf(call.ok) });
    this.#toolSeconds.observe({ tool }, call.seconds);
  }

  checkpointed({ operation, ok, seconds }: { operation: string; ok: boolean; seconds: number }): void {
    this.#checkpoints.observe({ operation }, seconds);
    if (!ok) this.#checkpointErrors.inc({ operation });
  }
}

function outcomeOf(ok: boolean): string {
  return ok ? "ok" : "error";
}
