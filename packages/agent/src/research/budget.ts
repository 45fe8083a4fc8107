import type { RunEvents } from "@vibewriter/backbone";
import { RunEvent } from "../runs/event.js";
import type { RunBudget } from "./budget-limits.js";

/**
 * How far a run is with its budget. `open`: it may look for more. `concluding`: what is left is kept for the draft and its check, so that nothing
 * more is read and no researcher starts. `over`: no model is asked any more.
 */
export type BudgetStage = "open" | "concluding" | "over";

/** The part of the budget from which on what is left is for the draft, its check and its publication. */
const FOR_RESEARCH = 0.7;

/** Counts what a run has spent, over all its drives, against what it may. */
export class BudgetMeter {
  readonly #budget: RunBudget;
  readonly #seconds: () => number;
  readonly #seen = new Set<string>();
  #costUsd = 0;

  /** @param o.seconds how long the run has been at work, all drives together */
  constructor(o: { budget: RunBudget; seconds: () => number }) {
    this.#budget = o.budget;
    this.#seconds = o.seconds;
  }

  /** A meter that knows what earlier drives of the run have spent: it stands in the run's events. */
  static async open(o: {
    budget: RunBudget;
    seconds: () => number;
    events: Pick<RunEvents, "read">;
    runId: string;
  }): Promise<BudgetMeter> {
    const meter = new BudgetMeter(o);
    // Without a limit on costs nobody asks for them.
    if (o.budget.maxCostUsd === undefined) return meter;
    for await (const { id, type, data } of o.events.read(o.runId)) {
      const event = type === "usage" ? RunEvent.safeParse({ type, data }).data : undefined;
      if (event !== undefined) meter.saw(event, id);
    }
    return meter;
  }

  /** Takes notice of an event of the run, by its id: what a repetition tells again is spent once. */
  saw(event: RunEvent, id: string): void {
    if (event.type !== "usage" || this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#costUsd += event.data.costUsd ?? 0;
  }

  get stage(): BudgetStage {
    const { maxCostUsd, maxMinutes } = this.#budget;
    const parts = [
      maxCostUsd === undefined ? 0 : this.#costUsd / maxCostUsd,
      maxMinutes === undefined ? 0 : this.#seconds() / (60 * maxMinutes),
    ];
    const spent = Math.max(...parts);
    return spent >= 1 ? "over" : spent >= FOR_RESEARCH ? "concluding" : "open";
  }

  /** What was spent of what, for a person. */
  get text(): string {
    const { maxCostUsd, maxMinutes } = this.#budget;
    const parts = [
      ...(maxCostUsd === undefined ? [] : [`$${this.#costUsd.toFixed(2)} of $${maxCostUsd.toFixed(2)}`]),
      ...(maxMinutes === undefined ? [] : [`${(this.#seconds() / 60).toFixed(1)} of ${maxMinutes} min`]),
    ];
    return parts.join(", ");
  }

  /** Seconds until the time of the run is over; infinite without a limit. */
  get secondsLeft(): number {
    const { maxMinutes } = this.#budget;
    return maxMinutes === undefined ? Number.POSITIVE_INFINITY : Math.max(0, 60 * maxMinutes - this.#seconds());
  }
}
