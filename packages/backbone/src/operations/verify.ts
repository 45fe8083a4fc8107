import { createHash } from "node:crypto";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import type { FileStore } from "../files/file-store.js";
import type { Link } from "../link/link.js";
import { readDirectly } from "../link/read-directly.js";
import { readStream } from "../link/read-stream.js";
import { TASKS_STREAM } from "../tasks/task-queue.js";
import { streamNames } from "./stream-names.js";

/** Something that is stored and cannot be relied on. */
export interface Problem {
  stream: string;
  /** What is wrong, with the name of it. One sentence. */
  problem: string;
}

export interface Verification {
  /** Messages that were read, by stream. */
  read: Record<string, number>;
  /** Versions of files whose content was read and hashed. */
  files: number;
  problems: Problem[];
}

export interface VerifyOptions {
  /** Told before each stream. */
  onProgress?: (progress: { stream: string; done: number; of: number }) => void;
  signal?: AbortSignal;
}

const EVENTS = "VIBEWRITER_EVENTS";
/** Streams of effects, each on the subject of its key. */
const EFFECTS: readonly string[] = ["VIBEWRITER_EFFECTS", "VIBEWRITER_LEDGER"];

const eventSchema = z.object({ id: z.string(), type: z.string() });
const effectSchema = z.object({ key: z.string() });

/**
 * Reads everything of this package that NATS keeps and checks what can be checked without knowing what it is for: records, events and effects
 * can be read, an event is once in its run, an effect lies where its key says, and every version of every file has its digest.
 * @throws BackboneError `unavailable`; what `signal` aborts with
 */
export async function verify(link: Link, files: FileStore, o: VerifyOptions = {}): Promise<Verification> {
  const found: Verification = { read: {}, files: 0, problems: [] };
  const streams = await streamNames(link);
  for (const [done, stream] of streams.entries()) {
    o.onProgress?.({ stream, done, of: streams.length });
    if (stream === "OBJ_VIBEWRITER_FILES") await verifyFiles(stream, files, found, o.signal);
    else await verifyStream(link, stream, found, o.signal);
  }
  return found;
}

async function verifyStream(link: Link, stream: string, found: Verification, signal?: AbortSignal): Promise<void> {
  const check = checkOf(stream);
  let read = 0;
  // A work queue gives its messages to those who work them off, and to no other consumer.
  const messages = stream === TASKS_STREAM ? readDirectly : readStream;
  for await (const message of messages(link, { stream, subjects: [">"], from: 1, live: false, signal })) {
    read += 1;
    const problem = check(message.subject, message.data, message.headers?.has("KV-Operation") ?? false);
    if (problem !== undefined) found.problems.push({ stream, problem: `Message ${message.seq}: ${problem}` });
  }
  signal?.throwIfAborted();
  found.read[stream] = read;
}

/** What is wrong with a message of a stream, in a sentence; `undefined` if nothing is. */
type Check = (subject: string, data: Uint8Array, isDeletion: boolean) => string | undefined;

function checkOf(stream: string): Check {
  if (stream.startsWith("KV_")) {
    return (subject, data, isDeletion) => (isDeletion ? undefined : parsed(z.unknown(), subject, data).problem);
  }
  if (stream === EVENTS) return onceInItsRun();
  if (EFFECTS.includes(stream)) return whereItsKeySays;
  // Checkpoints, memory and tasks belong to others; that the server could read the message is what is known of them here.
  return () => undefined;
}

function onceInItsRun(): Check {
  const seen = new Set<string>();
  return (subject, data) => {
    const { value, problem } = parsed(eventSchema, subject, data);
    if (value === undefined) return problem;
    const name = `${subject} ${value.id}`;
    if (seen.has(name)) return `the event ${value.id} of ${subject} is there twice.`;
    seen.add(name);
    return undefined;
  };
}

const whereItsKeySays: Check = (subject, data) => {
  const { value, problem } = parsed(effectSchema, subject, data);
  if (value === undefined) return problem;
  const hash = createHash("sha256").update(value.key).digest("hex");
  const token = subject.slice(subject.lastIndexOf(".") + 1);
  return hash.startsWith(token) ? undefined : `the effect ${value.key} does not lie on the subject of its key.`;
};

function parsed<T>(schema: z.ZodType<T>, subject: string, data: Uint8Array): { value?: T; problem?: string } {
  try {
    return { value: schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data))) };
  } catch (error) {
    return { problem: `what lies on ${subject} cannot be read (${reason(error).split("\n", 1)[0]}).` };
  }
}

async function verifyFiles(
  stream: string,
  files: FileStore,
  found: Verification,
  signal: AbortSignal | undefined,
): Promise<void> {
  const whole = new Set<string>();
  for (const { key } of await files.list()) {
    for (const { version, kind, sha256 } of await files.history(key)) {
      signal?.throwIfAborted();
      if (kind === "deleted") continue;
      found.files += 1;
      if (whole.has(sha256)) continue;
      const problem = await damageOf(files, key, version);
      if (problem === undefined) whole.add(sha256);
      else found.problems.push({ stream, problem });
    }
  }
}

async function damageOf(files: FileStore, key: string, version: number): Promise<string | undefined> {
  try {
    for await (const _part of files.stream(key, { version })); // Its digest is compared at the end.
    return undefined;
  } catch (error) {
    if (error instanceof BackboneError && (error.code === "corrupt" || error.code === "not_found"))
      return error.message;
    throw error;
  }
}
