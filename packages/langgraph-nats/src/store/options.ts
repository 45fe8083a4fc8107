import { type IndexConfig, JsonPlusSerializer, type SerializerProtocol } from "@langchain/langgraph-checkpoint";
import { z } from "zod";
import type { Credentials } from "../credentials.js";
import { NatsSaverError } from "../errors.js";

/** How a store keeps items. */
export interface NatsStoreOptions {
  /** Whose items these are; those of different agents never meet. Default `default`. */
  agent?: string;
  /** Makes `search` with a query compare meanings. `model` names the embedder, so that vectors of another one are never compared
   * with its own; default: the name that the embedder gives itself. */
  index?: IndexConfig & { model?: string };
  /** How long items live that are written without a time of their own. */
  ttl?: StoreTtl;
  /** How values become bytes. Default: LangGraph's JSON serializer. */
  serde?: SerializerProtocol;
  /** What may change the bytes of a value before they are stored, to take secrets out. */
  screen?: (bytes: Uint8Array) => Uint8Array;
  /** Is told of items that cannot be read, when a search or a list has to leave them out. Default: a warning of the process. */
  onDamaged?: (error: NatsSaverError) => void;
}

/** The same for a store that connects by itself. */
export interface NatsStoreUrlOptions extends NatsStoreOptions {
  /** Who connects, where the URL names nobody. */
  credentials?: Credentials;
}

export interface StoreTtl {
  /** Minutes that an item lives after it was written; without it, for ever. */
  defaultTtl?: number;
  /** Whether reading an item starts its time anew. Default true. */
  refreshOnRead?: boolean;
  /** Minutes between two sweeps of what has expired. Default 60. */
  sweepIntervalMinutes?: number;
}

const optionsSchema = z.object({
  agent: z.string().min(1).default("default"),
  index: z
    .object({
      dims: z.int().positive(),
      embeddings: z.custom<IndexConfig["embeddings"]>(isEmbedder, "it needs embedQuery() and embedDocuments()"),
      fields: z.array(z.string()).default(["$"]),
      model: z.string().min(1).optional(),
    })
    .optional(),
  ttl: z
    .object({
      defaultTtl: z.number().positive().optional(),
      refreshOnRead: z.boolean().default(true),
      sweepIntervalMinutes: z.number().positive().default(60),
    })
    .prefault({}),
  serde: z
    .custom<SerializerProtocol>((value) => typeof value === "object" && value !== null)
    .default(() => new JsonPlusSerializer()),
  screen: z.custom<(bytes: Uint8Array) => Uint8Array>(isFunction).optional(),
  onDamaged: z
    .custom<(error: NatsSaverError) => void>(isFunction)
    .default(() => (error: NatsSaverError) => process.emitWarning(error)),
});

export type StoreSettings = z.output<typeof optionsSchema>;

/** Checks options and fills in the defaults.
 * @throws NatsSaverError `invalid` */
export function readStoreOptions(options: NatsStoreOptions): StoreSettings {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new NatsSaverError("invalid", `These options cannot be used: ${z.prettifyError(parsed.error)}.`);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isEmbedder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "embedQuery" in value && "embedDocuments" in value;
}
