import { z } from "zod";

/** What one researcher may use before it has to answer. */
export const ResearcherLimits = z.strictObject({
  modelCalls: z.int().min(2).max(1_000).default(24),
  toolCalls: z.int().min(1).max(10_000).default(80),
  /** Tokens of all its model calls, read and written; those of a model that counts none are not limited. */
  tokens: z.int().min(1_000).default(600_000),
  /** From its first model call, or from the moment at which an interrupted run goes on. */
  seconds: z.number().positive().max(86_400).default(900),
});
export type ResearcherLimits = z.infer<typeof ResearcherLimits>;

/** Researchers that start in one message; more at once are refused. */
export const MOST_AT_ONCE = 5;

/** Why a researcher came to its end: it answered by itself, or what stopped it. */
export const ResearchEnd = z.enum([
  "answered",
  "model_calls",
  "tool_calls",
  "tokens",
  "time",
  "run_budget",
  "model_failed",
  "loop",
]);
export type ResearchEnd = z.infer<typeof ResearchEnd>;

/** What was used of it so far. */
export interface Used {
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** The part of a limit from which on a researcher is told to come to an end. */
const NEAR = 0.7;
/** The part of the tokens that must be left for the answer, which reads everything once more. */
const TOKENS_BEFORE_ANSWER = 0.85;

/** What is used up so far that only the answer is left to be given; undefined if nothing is. */
export function usedUp(used: Used, limits: ResearcherLimits): ResearchEnd | undefined {
  if (used.seconds >= limits.seconds) return "time";
  if (used.modelCalls >= limits.modelCalls - 1) return "model_calls";
  if (used.toolCalls >= limits.toolCalls) return "tool_calls";
  return used.tokens >= limits.tokens * TOKENS_BEFORE_ANSWER ? "tokens" : undefined;
}

/** Whether so much is used that it is time to come to an end. */
export function isNearEnd(used: Used, limits: ResearcherLimits): boolean {
  return (["modelCalls", "toolCalls", "tokens", "seconds"] as const).some((what) => used[what] >= limits[what] * NEAR);
}

/** Why, in half a sentence. */
export const END_TEXT: Readonly<Record<ResearchEnd, string>> = {
  answered: "it answered",
  model_calls: "its model calls are used up",
  tool_calls: "its tool calls are used up",
  tokens: "its tokens are used up",
  time: "its time is over",
  run_budget: "the budget of the whole run is nearly spent",
  model_failed: "its model failed",
  loop: "it went round in circles",
};
