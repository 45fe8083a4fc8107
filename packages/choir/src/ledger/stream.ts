import type { Backbone, Effect, EffectStream } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import { type Posting, postingJson, postingSchema } from "./posting.js";

const STREAM = "VIBEWRITER_LEDGER";
const POSTINGS = "ledger.posting";
/** A citation's carries the cited article, so that its author can listen. */
const REWARDS = "citation.reward.*";

/** The stream of postings: each key once, for ever, in one order. */
export function openLedgerStream(backbone: Pick<Backbone, "effects">): Promise<EffectStream> {
  return backbone.effects(STREAM, [POSTINGS, REWARDS]);
}

/** A posting in the form in which it goes into the stream, and from thread to thread. */
export interface WrittenPosting {
  subject: string;
  key: string;
  payload: unknown;
}

/** A posting as it lies in the stream. */
export type StoredPosting = Pick<Effect, "seq" | "payload">;

export function written(posting: Posting): WrittenPosting {
  const { kind, article, key } = posting;
  const subject = kind === "citation" && article !== undefined ? REWARDS.replace("*", article) : POSTINGS;
  return { subject, key, payload: JSON.parse(postingJson(posting)) };
}

/** @throws ChoirError `bad_posting` */
export function readPosting({ seq, payload }: StoredPosting): Posting {
  const parsed = postingSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = `${issue?.path.join(".") || "it"} ${issue?.message}`;
  throw new ChoirError("bad_posting", `The posting at ${seq} of the ledger cannot be read: ${why}.`, {
    cause: parsed.error,
  });
}
