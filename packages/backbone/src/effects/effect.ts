import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import type { StreamMessage } from "../projections/projectable.js";

/** Something that happened once and for all. */
export interface Effect {
  /** Position in the order of all effects of its stream. */
  seq: number;
  /** Without the key's token: `kb.publish.new`, `citation.new.<article>`. */
  subject: string;
  key: string;
  /** After JSON; parse it with the schema of its subject. */
  payload: unknown;
  /** When the server stored it, ISO 8601. */
  time: string;
}

const bodySchema = z.object({ key: z.string(), payload: z.unknown() });

/** Reads an effect as it is stored. Throws BackboneError `corrupt`. */
export function parseEffect(message: StreamMessage): Effect {
  try {
    const { key, payload } = bodySchema.parse(message.json());
    const subject = message.subject.slice(0, message.subject.lastIndexOf("."));
    return { seq: message.seq, subject, key, payload, time: message.time.toISOString() };
  } catch (error) {
    throw new BackboneError("corrupt", `Effect ${message.seq} cannot be read: ${reason(error)}`, { cause: error });
  }
}
