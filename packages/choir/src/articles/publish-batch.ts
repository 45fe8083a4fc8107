import { setImmediate as nextTurn } from "node:timers/promises";
import { BackboneError } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import { findPublication, PUBLICATIONS, type Streams, writePublication } from "../stream.js";
import { type Document, type PublishRequest, preparePublication } from "./article.js";
import type { Signer } from "./signer.js";
import { signStatement } from "./statement.js";

/** What became of one of many; `first: false` for one that had been published before. */
export type BatchOutcome = { id: string; version: string; first: boolean } | { error: ChoirError | BackboneError };

interface Batch {
  signer: Signer;
  streams: Streams;
  /** Says what would happen and writes nothing. */
  dryRun: boolean;
  /** Why an effect was refused when it was applied, if so; waits until it was. */
  refusal: (seq: number) => Promise<string | undefined>;
}

interface Prepared {
  key: string;
  document: Document;
  signature: string;
}

/** Articles on their way to the stream at once: enough to keep it busy. */
const WINDOW = 32;
/** Characters above which an article may go through the file store, which takes a while: it goes alone, so that the order stays. */
const ALONE = 64 * 1024;

/** Publishes many articles in their order. What is wrong with one of them is its outcome; what would stop each of them is thrown. */
export async function publishBatch(requests: readonly PublishRequest[], batch: Batch): Promise<BatchOutcome[]> {
  const outcomes: Promise<BatchOutcome>[] = [];
  let underway: Promise<unknown>[] = [];
  const settled = async (): Promise<void> => {
    await Promise.all(underway);
    underway = [];
  };
  for (const request of requests) {
    // Telling the language and signing take milliseconds each, and others wait for this process meanwhile.
    await nextTurn();
    const prepared = await asOutcome(() => prepare(request, batch));
    if ("error" in prepared) {
      outcomes.push(Promise.resolve(prepared));
      continue;
    }
    const isAlone = prepared.document.markdown.length > ALONE;
    if (isAlone || underway.length >= WINDOW) await settled();
    const written = asOutcome(() => write(prepared, batch));
    const outcome = written.then((stored) => asOutcome(() => judge(stored, batch)));
    // Looked at by whoever waits for them below; until then they are no unhandled ones.
    for (const promise of [written, outcome]) promise.catch(() => undefined);
    outcomes.push(outcome);
    underway.push(written);
    if (isAlone) await settled();
  }
  return await Promise.all(outcomes);
}

async function prepare(request: PublishRequest, { signer }: Batch): Promise<Prepared> {
  const document = preparePublication(request, signer.publicKey, new Date());
  const signature = await signStatement(signer, "vibewriter/article/1", document.publication);
  return { key: request.key.trim(), document, signature };
}

type Written = Exclude<BatchOutcome, { error: unknown }> & { seq?: number };

async function write({ key, document, signature }: Prepared, { streams, dryRun }: Batch): Promise<Written> {
  const { id, version } = document.publication;
  if (dryRun) {
    const there = await findPublication(streams, key);
    if (there === undefined) streams.effects.refuseSecrets(PUBLICATIONS, JSON.stringify(document));
    return { id, version, first: there === undefined };
  }
  const written = await writePublication(streams, key, document, signature);
  if (written.version === version) return { id, version, first: written.first, seq: written.seq };
  throw new ChoirError("key_reused", `Another article (${id}) was published under this idempotency key.`);
}

/** Waits until it was applied; others are written meanwhile. */
async function judge(
  written: Written | { error: ChoirError | BackboneError },
  { refusal }: Batch,
): Promise<BatchOutcome> {
  if ("error" in written) return written;
  const { seq, ...outcome } = written;
  const reason = outcome.first && seq !== undefined ? await refusal(seq) : undefined;
  if (reason === undefined) return outcome;
  throw new ChoirError("bad_event", `The publication was refused: ${reason}.`);
}

async function asOutcome<T>(work: () => Promise<T>): Promise<T | { error: ChoirError | BackboneError }> {
  try {
    return await work();
  } catch (error) {
    if ((error instanceof ChoirError || error instanceof BackboneError) && OF_ONE.has(error.code)) return { error };
    throw error;
  }
}

/** What is wrong with one article; every other error would meet all of them. */
const OF_ONE: ReadonlySet<string> = new Set([
  "invalid_article",
  "no_title",
  "too_large",
  "key_reused",
  "bad_event",
  "secret_found",
]);
