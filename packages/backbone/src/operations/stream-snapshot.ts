import type { StreamConfig, StreamState } from "@nats-io/jetstream";
import { createInbox, type Msg } from "@nats-io/transport-node";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import type { Link } from "../link/link.js";
import { asBackboneError, isForbidden } from "../link/transient.js";

/** Bytes of one part of a snapshot, either way. */
const PART_BYTES = 256 * 1024;
/** Until the next part, or the answer to one: the server reads and checks its files meanwhile. */
const PART_MS = 60_000;

const optionsSchema = z.object({ options: z.object({ inboxPrefix: z.string().optional() }) });
const failureSchema = z.object({ error: z.object({ description: z.string() }) });
const startedSchema = z.looseObject({
  config: z.custom<StreamConfig>((value) => typeof value === "object" && value !== null),
  state: z.custom<StreamState>((value) => typeof value === "object" && value !== null),
});
const restoreSchema = z.looseObject({ deliver_subject: z.string() });

/** What a stream was at the moment of its snapshot. */
export interface Snapshot {
  config: StreamConfig;
  state: StreamState;
  /** Its content with its consumers, in the server's own format: a tar archive, compressed with S2. */
  parts: AsyncIterable<Uint8Array>;
}

/**
 * Takes a snapshot of a stream as it is at this moment; the server checks every message while it reads it.
 * https://docs.nats.io/running-a-nats-service/nats_admin/jetstream_admin/disaster_recovery
 * @throws BackboneError `corrupt` or `unavailable`, also while the parts are read
 */
export async function takeSnapshot(link: Link, stream: string): Promise<Snapshot> {
  const inbox = createInbox(inboxPrefixOf(link));
  const parts = link.connection.subscribe(inbox);
  try {
    const request = { deliver_subject: inbox, chunk_size: PART_BYTES, jsck: true };
    const { config, state } = startedSchema.parse(
      await ask(link, `$JS.API.STREAM.SNAPSHOT.${stream}`, request, stream),
    );
    return { config, state, parts: received(parts, stream) };
  } catch (error) {
    parts.unsubscribe();
    throw error;
  }
}

/** Makes a stream of a snapshot. It must not exist. @throws BackboneError `invalid` if the server refuses it, `unavailable` */
export async function restoreSnapshot(link: Link, o: Snapshot): Promise<void> {
  const { name } = o.config;
  const request = { config: o.config, state: o.state };
  const { deliver_subject } = restoreSchema.parse(await ask(link, `$JS.API.STREAM.RESTORE.${name}`, request, name));
  for await (const part of o.parts) {
    for (let at = 0; at < part.length; at += PART_BYTES) {
      await ask(link, deliver_subject, part.subarray(at, at + PART_BYTES), name);
    }
  }
  await ask(link, deliver_subject, new Uint8Array(), name);
}

async function* received(
  messages: AsyncIterable<Msg> & { unsubscribe(): void },
  stream: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await withDeadline(iterator.next(), stream);
      if (next.done) throw lost(stream);
      const { data, headers } = next.value;
      if (data.length === 0) {
        const { code = 0, description = "" } = headers ?? {};
        if (code >= 400) throw new BackboneError("corrupt", `The stream ${stream} could not be read: ${description}.`);
        return;
      }
      yield data;
      // The server sends so many bytes and no more until it hears that they have come.
      next.value.respond();
    }
  } finally {
    messages.unsubscribe();
  }
}

async function ask(link: Link, subject: string, body: object | Uint8Array, stream: string): Promise<unknown> {
  const data = body instanceof Uint8Array ? body : JSON.stringify(body);
  let answer: Msg;
  try {
    answer = await link.connection.request(subject, data, { timeout: PART_MS });
  } catch (cause) {
    if (isForbidden(cause)) throw asBackboneError(cause, `copy or restore the stream ${stream}`);
    throw new BackboneError("unavailable", `NATS did not answer for ${stream} (${reason(cause)}); try again.`, {
      cause,
    });
  }
  if (answer.data.length === 0) return {};
  const value: unknown = answer.json();
  const failure = failureSchema.safeParse(value);
  if (!failure.success) return value;
  const why = failure.data.error.description;
  throw new BackboneError("invalid", `NATS refused the snapshot of ${stream}: ${why}.`);
}

async function withDeadline<T>(promise: Promise<T>, stream: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lost(stream)), PART_MS);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function lost(stream: string): BackboneError {
  return new BackboneError(
    "unavailable",
    `The snapshot of ${stream} broke off; see that nats-server runs, then try again.`,
  );
}

/** A user with a key may listen under a prefix of its own only; the client's interface does not tell which that is. */
function inboxPrefixOf({ connection }: Link): string | undefined {
  return optionsSchema.safeParse(connection).data?.options.inboxPrefix;
}
