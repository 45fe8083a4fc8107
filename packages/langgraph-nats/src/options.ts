import type { SerializerProtocol } from "@langchain/langgraph-checkpoint";
import { z } from "zod";
import { NatsSaverError } from "./errors.js";

const optionsSchema = z.object({
  agent: z.string().min(1).default("default"),
  owner: z.string().min(1).default("unnamed"),
  epoch: z.int().nonnegative().default(0),
  serde: z.custom<SerializerProtocol>((value) => typeof value === "object" && value !== null).optional(),
});

/** How a saver stores checkpoints. */
export interface NatsSaverOptions {
  /** Whose state this is; threads of different agents never meet. Default `default`. */
  agent?: string;
  /** Who writes, for people who look at the stream later: a host, a run. Default `unnamed`. */
  owner?: string;
  /** Raise it each time a thread's work is handed to another writer: a writer of a lower epoch than the thread's newest
   * checkpoint is refused with `conflict`. A non-negative integer, default 0. */
  epoch?: number;
  /** How values become bytes. Default: LangGraph's JSON serializer. */
  serde?: SerializerProtocol;
}

/** Checks options and fills in the defaults.
 * @throws NatsSaverError `invalid` */
export function readOptions(options: NatsSaverOptions) {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new NatsSaverError("invalid", `These options cannot be used: ${z.prettifyError(parsed.error)}.`);
}
