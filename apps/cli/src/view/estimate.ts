import type { Estimate } from "@vibewriter/agent/runs";
import { plain } from "../escape.js";

const UNKNOWN = "cost unknown until config.json has the model under prices";

/** What a run is likely to take, in a line. */
export function estimateText({ questions, modelCalls, costUsd, seconds, model, basedOn }: Estimate): string {
  const cost = costUsd === null ? UNKNOWN : costUsd[1] === 0 ? "$0" : `$${costUsd[0]}-$${costUsd[1]}`;
  const from = basedOn === 0 ? "as runs usually take" : `by ${basedOn} earlier ${basedOn === 1 ? "run" : "runs"}`;
  const [a, b] = questions;
  return `Estimate: ${a}-${b} questions, about ${range(modelCalls)} calls of ${plain(model)}, ${cost}, ${timeText(seconds)} (${from}).`;
}

function timeText([from, to]: Estimate["seconds"]): string {
  if (to < 120) return `${range([from, to])} s`;
  return `${range([Math.max(1, Math.floor(from / 60)), Math.ceil(to / 60)])} min`;
}

function range([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from}-${to}`;
}
