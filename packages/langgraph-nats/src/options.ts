import type { SerializerProtocol } from "@langchain/langgraph-checkpoint";
import { z } from "zod";
import type { Credentials } from "./credentials.js";
import { NatsSaverError } from "./errors.js";

const optionsSchema = z.object({
  agent: z.string().min(1).default("default"),
  owner: z.string().min(1).default("unnamed"),
  epoch: z.int().nonnegative().default(0),
  serde: z.custom<SerializerProtocol>((value) => typeof value === "object" && value !== null).optional(),
  screen: z.custom<(bytes: Uint8Array) => Uint8Array>((value) => typeof value === "function").optional(),
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
  /** What may change the bytes of each value (channels, metadata, pending writes) before they are stored, to take secrets out. What is
   * read later is what it returned. */
  screen?: (bytes: Uint8Array) => Uint8Array;
}

/** The same for a saver that connects by itself. */
export interface NatsSaverUrlOptions extends NatsSaverOptions {
  /** Who connects, where the URL names nobody. */
  credentials?: Credentials;
}

/** Checks options and fills in the defaults.
 * @throws NatsSaverError `invalid` */
export function readOptions(options: NatsSaverOptions) {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new NatsSaverError("invalid", `These options cannot be used: ${z.prettifyError(parsed.error)}.`);
}

/** A serializer whose bytes go through `screen` before anything else sees them. */
export function screened(serde: SerializerProtocol, screen: (bytes: Uint8Array) => Uint8Array): SerializerProtocol {
  return {
    async dumpsTyped(value) {
      const [type, bytes] = await serde.dumpsTyped(value);
      return [type, screen(bytes)];
    },
    loadsTyped: (type, data) => serde.loadsTyped(type, data),
  };
}
