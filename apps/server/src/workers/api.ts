import { WorkerInfo } from "@vibewriter/agent/runs";
import { z } from "zod";

/** A worker, and for how long nothing was heard of it, in milliseconds. */
export const Worker = WorkerInfo.extend({ silentMs: z.number(), isAlive: z.boolean() });
export type Worker = z.infer<typeof Worker>;

export const Workers = z.object({ workers: z.array(Worker) });
