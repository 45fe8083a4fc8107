import type { RunEvents } from "@vibewriter/backbone";
import { RunEvent } from "../runs/event.js";
import type { RunRecord } from "../runs/record.js";
import { costOf, type Prices } from "../telemetry/prices.js";
import type { Estimate } from "./estimate-shape.js";

/** Earlier runs that an estimate is taken from: the newest. */
const MOST_RUNS = 5;
/** What earlier runs took is spread by, since the next question is another one. */
const SPREAD = { from: 0.75, to: 1.5 };

/** Questions that a request is split into. */
const QUESTIONS: [number, number] = [3, 5];
/** Model calls of the main agent, the verifier and the publisher together, and of one researcher. */
const CALLS = { others: [14, 30], researcher: [5, 14] } as const;
/** Those that wait for each other: researchers work side by side. */
const ONE_AFTER_THE_OTHER: [number, number] = [20, 45];
const SECONDS_A_CALL: [number, number] = [4, 12];
const TOKENS_A_CALL = { input: [8_000, 25_000], output: [300, 900] } as const;
/** The offline model takes no time to speak of; what is left is reading and storing. */
const OFFLINE_SECONDS: [number, number] = [5, 60];

/**
 * What a run is likely to take: from what the newest finished runs of the same model took where there are any, else from what runs take usually.
 * @param o.runs all runs of the home
 */
export async function estimate(o: {
  model: string;
  prices: Prices;
  runs: readonly RunRecord[];
  events: Pick<RunEvents, "read">;
}): Promise<Estimate> {
  const { model, prices } = o;
  const usual = usually(model, prices);
  const earlier = o.runs
    .filter((run) => run.kind === "research" && run.status === "done" && run.model === model && run.turns.length <= 1)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, MOST_RUNS);
  if (earlier.length === 0) return usual;
  const seconds = spread(
    earlier.map(({ activeMs }) => activeMs / 1000),
    1,
  );
  // What costs nothing, or nobody knows what, need not be added up.
  if (usual.costUsd === null || usual.costUsd[1] === 0) return { ...usual, seconds, basedOn: earlier.length };
  const took = await Promise.all(earlier.map(({ runId }) => costsOf(o.events, runId)));
  const counted = took.filter(({ calls }) => calls > 0);
  if (counted.length === 0) return { ...usual, seconds, basedOn: earlier.length };
  return {
    ...usual,
    seconds,
    basedOn: earlier.length,
    modelCalls: spread(
      counted.map(({ calls }) => calls),
      1,
    ),
    costUsd: spread(
      counted.map(({ costUsd }) => costUsd),
      0.01,
    ),
  };
}

function usually(model: string, prices: Prices): Estimate {
  const modelCalls = [0, 1].map((i) => (CALLS.others[i] ?? 0) + (QUESTIONS[i] ?? 0) * (CALLS.researcher[i] ?? 0));
  const costs = modelCalls.map((calls, i) => {
    const usage = {
      input: TOKENS_A_CALL.input[i] ?? 0,
      output: TOKENS_A_CALL.output[i] ?? 0,
      cacheRead: 0,
      cacheWrite: 0,
    };
    const cost = costOf(model, usage, prices);
    return cost === undefined ? undefined : round(calls * cost, 0.01);
  });
  const [cheap, dear] = costs;
  const seconds = SECONDS_A_CALL.map((each, i) => each * (ONE_AFTER_THE_OTHER[i] ?? 0));
  return {
    model,
    questions: QUESTIONS,
    modelCalls: pair(modelCalls),
    costUsd: cheap === undefined || dear === undefined ? null : [cheap, dear],
    seconds: model === "offline" ? OFFLINE_SECONDS : pair(seconds),
    basedOn: 0,
  };
}

async function costsOf(events: Pick<RunEvents, "read">, runId: string): Promise<{ calls: number; costUsd: number }> {
  const sum = { calls: 0, costUsd: 0 };
  for await (const { type, data } of events.read(runId)) {
    const event = type === "usage" ? RunEvent.safeParse({ type, data }).data : undefined;
    if (event?.type !== "usage") continue;
    sum.calls++;
    sum.costUsd += event.data.costUsd ?? 0;
  }
  return sum;
}

function spread(values: readonly number[], step: number): [number, number] {
  return [round(Math.min(...values) * SPREAD.from, step), round(Math.max(...values) * SPREAD.to, step)];
}

function round(value: number, step: number): number {
  return Number((Math.ceil(value / step) * step).toFixed(2));
}

function pair(values: readonly number[]): [number, number] {
  return [values[0] ?? 0, values[1] ?? 0];
}
