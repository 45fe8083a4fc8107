import { z } from "zod";
import { WorkerIdentity } from "./record.js";

/** What a worker says of itself every few seconds, in `VIBEWRITER_WORKERS` under its id. */
export const WorkerInfo = WorkerIdentity.extend({
  /** The name of the machine, for people. */
  machine: z.string(),
  version: z.string(),
  /** Workers of different versions of the state do not work together. */
  stateVersion: z.int(),
  /** The classes of runs that it serves, and besides them the runs of its own host. */
  classes: z.array(z.string()),
  /** How many runs it drives at once, and how many it drives. */
  capacity: z.int(),
  active: z.int(),
  /** The runs that it drives. */
  runs: z.array(z.string()),
  isolation: z.enum(["hardware", "emulated", "remote"]),
  startedAt: z.string(),
  /** By its own clock, for people; what counts is when the server got it. */
  at: z.string(),
});
export type WorkerInfo = z.infer<typeof WorkerInfo>;
