import type { RunEvents } from "@vibewriter/backbone";
import { RunEvent } from "../runs/event.js";
import type { Limits, RunBudget, Stage } from "./budget-limits.js";
import { CommandTime } from "./command-time.js";
import type { StageCost } from "./stage-cost.js";
import { COMMAND, StageLedger } from "./stages.js";

/**
 * How far a run is with its budget. `open`: it may look for more. `concluding`: what is left is kept for the draft and its check, so that nothing
 * more is read and no researcher starts. `over`: no model is asked any more.
 */
export type BudgetStage = "open" | "concluding" | "over";

/** The part of the budget from which on what is left is for the draft, its check and its publication. */
const FOR_RESEARCH = 0.7;

/** The part of the time, and the most seconds, that are kept to check and lay out what there is when no model is asked any more. */
const FOR_LAST_DRAFT = { part: 0.05, seconds: 10 } as const;

/** What was spent of what is limited. */
interface Spent {
  readonly costUsd: number;
  readonly seconds: number;
  readonly tokens: number;
  readonly toolCalls: number;
  readonly vmSeconds: number;
}

/** Counts what a run has spent, over all its drives and by stage, against what it may. */
export class BudgetMeter {
  readonly #budget: RunBudget;
  readonly #seconds: () => number;
  readonly #ledger = new StageLedger();
  readonly #commands = new CommandTime(
    () => (this.#budget.maxVmSeconds ?? Number.POSITIVE_INFINITY) - this.#spent.vmSeconds,
  );
  #callsUnderWay = 0;

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
    for await (const { id, type, data, time } of o.events.read(o.runId)) {
      const event = RunEvent.safeParse({ type, data }).data;
      // No command of an earlier drive is under way.
      if (event !== undefined) meter.#ledger.saw(event, id, Date.parse(time));
    }
    return meter;
  }

  /** Takes notice of an event of the run, by its id: what a repetition tells again is spent once. */
  saw(event: RunEvent, id: string, at: number = Date.now()): void {
    this.#ledger.saw(event, id, at);
    if (event.type === "tool.started" && event.data.tool === COMMAND) this.#commands.begin(event.data.id);
    if (event.type === "tool.finished" && event.data.tool === COMMAND) this.#commands.end(event.data.id);
  }

  get stage(): BudgetStage {
    // Commands that may not run are refused by themselves; what is left can be written without them.
    const limits = { ...this.#budget, maxMinutes: this.#workMinutes, maxVmSeconds: undefined };
    const spent = Math.max(...shares(limits, this.#spent));
    return spent >= 1 ? "over" : spent >= FOR_RESEARCH ? "concluding" : "open";
  }

  /** Whether a stage has spent what it may, or the main agent's own stage. */
  isStageOver(stage: Stage = this.#ledger.now): boolean {
    const limits = this.#budget.stages?.[stage];
    return limits !== undefined && Math.max(...shares(limits, this.#ledger.of(stage))) >= 1;
  }

  /** Whether there is more to look for: what is kept for the report is untouched, and so is the main agent's own stage. */
  get mayLook(): boolean {
    return this.stage === "open" && !this.isStageOver();
  }

  /** The main agent's stage. */
  get stageNow(): Stage {
    return this.#ledger.now;
  }

  /** Whether the VM may not run another command. */
  get isVmSpent(): boolean {
    return this.#commands.left <= 0;
  }

  /** Is aborted when the time in the VM is spent: whatever is under way there ends. */
  get vmSpent(): AbortSignal {
    return this.#commands.over;
  }

  /** Counts something in a VM that is no command as under way, until it is disposed of; then it is to have been told of as finished, or is not. */
  startInVm(id: string): Disposable {
    this.#commands.begin(id);
    return { [Symbol.dispose]: () => this.#commands.end(id) };
  }

  /** Whether the calls of tools that were made and those under way are all that the run may make. */
  get areCallsSpent(): boolean {
    const { maxToolCalls } = this.#budget;
    return maxToolCalls !== undefined && this.#spent.toolCalls + this.#callsUnderWay >= maxToolCalls;
  }

  /** Counts a call of a tool as under way, until it is disposed of. */
  startCall(): Disposable {
    this.#callsUnderWay++;
    return { [Symbol.dispose]: () => void this.#callsUnderWay-- };
  }

  /** What each stage took so far. */
  get costs(): StageCost[] {
    return this.#ledger.costs;
  }

  /** What was spent of what, for a person. */
  get text(): string {
    const { maxCostUsd, maxMinutes, maxTokens, maxToolCalls, maxVmSeconds } = this.#budget;
    const spent = this.#spent;
    const parts = [
      ...(maxCostUsd === undefined ? [] : [`$${spent.costUsd.toFixed(2)} of $${maxCostUsd.toFixed(2)}`]),
      ...(maxMinutes === undefined ? [] : [`${(spent.seconds / 60).toFixed(1)} of ${maxMinutes} min`]),
      ...(maxTokens === undefined ? [] : [`${spent.tokens} of ${maxTokens} tokens`]),
      ...(maxToolCalls === undefined ? [] : [`${spent.toolCalls} of ${maxToolCalls} tool calls`]),
      ...(maxVmSeconds === undefined ? [] : [`${spent.vmSeconds.toFixed(0)} of ${maxVmSeconds} s in the VM`]),
    ];
    return parts.join(", ");
  }

  /** Seconds until no model is asked any more; infinite without a limit of time. */
  get secondsLeft(): number {
    return Math.max(0, 60 * (this.#workMinutes ?? Number.POSITIVE_INFINITY) - this.#seconds());
  }

  /** Seconds that a call may take which is not the report's: until what is kept for that begins, and from then on half of what is left. */
  get secondsToSpare(): number {
    const left = this.secondsLeft;
    const kept = this.#workMinutes === undefined ? 0 : (1 - FOR_RESEARCH) * 60 * this.#workMinutes;
    return left > kept ? left - kept : left / 2;
  }

  /** Seconds that a command may take, of the run's time and of that in its VM; infinite without a limit. */
  get commandSecondsLeft(): number {
    return Math.min(this.secondsToSpare, this.#commands.left);
  }

  /** Minutes until no model is asked any more. */
  get #workMinutes(): number | undefined {
    const { maxMinutes } = this.#budget;
    if (maxMinutes === undefined) return undefined;
    return maxMinutes - Math.min(FOR_LAST_DRAFT.part * maxMinutes, FOR_LAST_DRAFT.seconds / 60);
  }

  get #spent(): Spent {
    return { ...this.#ledger.total, seconds: this.#seconds() };
  }
}

/** Which parts of its limits something has spent. */
function shares(limits: Limits, spent: Spent): number[] {
  const share = (most: number | undefined, so: number) => (most === undefined ? 0 : so / most);
  return [
    share(limits.maxCostUsd, spent.costUsd),
    share(limits.maxMinutes, spent.seconds / 60),
    share(limits.maxTokens, spent.tokens),
    share(limits.maxToolCalls, spent.toolCalls),
    share(limits.maxVmSeconds, spent.vmSeconds),
  ];
}
