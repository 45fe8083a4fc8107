import { RunStatus } from "@vibewriter/agent/runs";
import { z } from "zod";

/** A run as an overview shows it. Times are ISO 8601, durations milliseconds. */
export const TopRun = z.object({
  runId: z.string(),
  agentId: z.string(),
  status: RunStatus,
  request: z.string(),
  model: z.string(),
  createdAt: z.string(),
  /** How long it was driven, up to now. */
  activeMs: z.number(),
  /** The step of the plan that it is at, counted from 1; 0 before there is a plan. */
  step: z.object({ at: z.number(), of: z.number(), text: z.string() }),
  /** Who is at work with which tool; empty when it only thinks. */
  doing: z.string(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** Null: what it costs is not known. */
  costUsd: z.number().nullable(),
  /** The machine whose worker drives it. */
  machine: z.string().optional(),
});
export type TopRun = z.infer<typeof TopRun>;

export const TopWorker = z.object({
  id: z.string(),
  machine: z.string(),
  version: z.string(),
  classes: z.array(z.string()),
  capacity: z.number(),
  active: z.number(),
  /** Since its last word. */
  silentMs: z.number(),
});

/** `memoryBytes`: what it takes of the host's; absent while it does not run. */
export const TopVm = z.object({ id: z.string(), state: z.string(), memoryBytes: z.number().optional() });

/** What a home is at, all of it as it is at one moment. */
export const Top = z.object({
  at: z.string(),
  version: z.string(),
  /** Null when it does not answer. */
  nats: z.object({ version: z.string(), tier: z.enum(["full", "degraded"]), replicas: z.number() }).nullable(),
  queue: z.array(z.object({ name: z.string(), waiting: z.number(), underWay: z.number(), redelivered: z.number() })),
  deadLetters: z.number(),
  workers: z.array(TopWorker),
  runs: z.array(TopRun),
  vms: z.array(TopVm),
});
export type Top = z.infer<typeof Top>;
