import type { RunEvent } from "../runs/event.js";
import { STAGES, type Stage } from "./budget-limits.js";
import type { StageCost } from "./stage-cost.js";

type Counted = { -readonly [name in keyof Omit<StageCost, "stage">]: number } & {
  /** Model calls of which the provider has said how many tokens they took. */
  countedCalls: number;
  isPriced: boolean;
};

/** What programs in the VM call the bridge counts, and bounds, by itself: no agent is held to them. */
const SCRIPT = "script";
/** The tool whose time is the VM's. */
export const COMMAND = "execute";
/** The tool that runs a test of its own there. */
const TESTED = "propose_skill";

/**
 * Adds up what each stage of a run takes, from the run's events. Researchers and whoever reads for them are the stage `research`, verifier and judge `check`, the publisher
 * `publish`; what the main agent does before its first researcher is `plan`, and after the last one `write`.
 */
export class StageLedger {
  readonly #seen = new Set<string>();
  readonly #stages = new Map<Stage, Counted>();
  readonly #researchers = new Set<string>();
  readonly #sources = new Set<string>();
  #hasResearched = false;
  #last: { stage: Stage; at: number } | undefined;

  /**
   * Takes notice of an event of the run, by its id: what a repetition tells again is spent once.
   * @param at when it happened, milliseconds since 1970
   */
  saw(event: RunEvent, id: string, at: number): void {
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    if (event.type === "status") {
      this.#pass(at);
      // Between two drives nobody works.
      this.#last = event.data.status === "running" ? { stage: this.#own, at } : undefined;
      return;
    }
    if (event.type === "subagent.started" && event.data.name === "researcher") {
      this.#hasResearched = true;
      this.#researchers.add(event.data.id);
    }
    const stage = this.#stageOf(event);
    if (stage === undefined) return;
    this.#pass(at);
    const isBack = event.type === "subagent.finished";
    if (isBack) this.#researchers.delete(event.data.id);
    if (this.#last !== undefined) this.#last = { stage: isBack ? this.#own : stage, at };
    this.#count(stage, event);
  }

  /** What was spent in a stage so far. */
  of(stage: Stage): Readonly<Counted> {
    return this.#stages.get(stage) ?? nothing();
  }

  /** The stage of the main agent's own work now. */
  get now(): Stage {
    return this.#own;
  }

  /** What was spent in all of them. */
  get total(): Readonly<Pick<Counted, "costUsd" | "tokens" | "toolCalls" | "vmSeconds">> {
    const all = [...this.#stages.values()];
    const sum = (pick: (counted: Counted) => number) => all.reduce((total, counted) => total + pick(counted), 0);
    return {
      costUsd: sum(({ costUsd }) => costUsd),
      tokens: sum(({ tokens }) => tokens),
      toolCalls: sum(({ toolCalls }) => toolCalls),
      vmSeconds: sum(({ vmSeconds }) => vmSeconds),
    };
  }

  /** The stages that took anything, in their order. */
  get costs(): StageCost[] {
    return STAGES.flatMap((stage) => {
      const counted = this.#stages.get(stage);
      if (counted === undefined) return [];
      const { isPriced, countedCalls, costUsd, seconds, vmSeconds, modelCalls, ...counts } = counted;
      const tokens = modelCalls > 0 && countedCalls === 0 ? null : counts.tokens;
      const cost = isPriced ? Number(costUsd.toFixed(4)) : null;
      const times = { seconds: tenth(seconds), vmSeconds: tenth(vmSeconds) };
      return [{ stage, ...counts, ...times, modelCalls, tokens, costUsd: cost }];
    });
  }

  get #own(): Stage {
    if (!this.#hasResearched) return "plan";
    return this.#researchers.size > 0 ? "research" : "write";
  }

  #stageOf(event: RunEvent): Stage | undefined {
    switch (event.type) {
      case "usage":
      case "tool.started":
      case "tool.finished":
      case "message":
        return this.#stageOfAgent(event.data.agent);
      case "subagent.started":
      case "subagent.finished":
        return this.#stageOfAgent(event.data.name);
      case "plan":
        return this.#own;
      default:
        return undefined;
    }
  }

  #stageOfAgent(agent: string): Stage {
    if (agent === "researcher" || agent === "reader") return "research";
    if (agent === "verifier" || agent === "judge") return "check";
    return agent === "publisher" ? "publish" : this.#own;
  }

  #pass(at: number): void {
    if (this.#last === undefined) return;
    this.#at(this.#last.stage).seconds += Math.max(0, at - this.#last.at) / 1000;
    this.#last = { ...this.#last, at: Math.max(at, this.#last.at) };
  }

  #count(stage: Stage, event: RunEvent): void {
    const counted = this.#at(stage);
    if (event.type === "usage") {
      counted.modelCalls++;
      counted.countedCalls += event.data.inputTokens === null ? 0 : 1;
      counted.tokens += (event.data.inputTokens ?? 0) + (event.data.outputTokens ?? 0);
      counted.costUsd += event.data.costUsd ?? 0;
      counted.isPriced &&= event.data.costUsd !== null;
    } else if (event.type === "tool.finished") {
      const { source } = event.data;
      if (source !== undefined && !this.#sources.has(source)) counted.sources++;
      if (source !== undefined) this.#sources.add(source);
      if (event.data.agent === SCRIPT) return;
      counted.toolCalls++;
      if (event.data.tool === COMMAND || event.data.tool === TESTED) counted.vmSeconds += event.data.ms / 1000;
    }
  }

  #at(stage: Stage): Counted {
    const known = this.#stages.get(stage);
    if (known !== undefined) return known;
    const counted = nothing();
    this.#stages.set(stage, counted);
    return counted;
  }
}

function nothing(): Counted {
  const counts = { modelCalls: 0, countedCalls: 0, tokens: 0, toolCalls: 0, sources: 0 };
  return { ...counts, seconds: 0, vmSeconds: 0, costUsd: 0, isPriced: true };
}

function tenth(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
