import { z } from "zod";
import { ByteQueue } from "../client/byte-queue.js";
import type { Connection } from "../client/connection.js";
import { Handover } from "../client/handover.js";
import { nextRecord } from "../client/records.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { parsePayload } from "../wire/messages.js";
import type { Guest } from "./guest.js";

const maxPath = 4_096;
/** Two paths and what is around them. */
const recordBytes = 2 * maxPath + 256;

const fileEvent = z.object({
  /** `overflow`: some changes were lost; look again. */
  kind: z.enum(["created", "modified", "removed", "moved", "overflow"]),
  path: z.string().max(maxPath),
  /** Where what was moved was before. */
  from: z.string().max(maxPath).optional(),
});
export type FileEvent = z.infer<typeof fileEvent>;

export interface WatchOptions {
  /** Also below the folders in it. Default false. */
  recursive?: boolean;
  /** Ends the watching. */
  signal?: AbortSignal;
}

/**
 * Changes at a path as they happen, until `signal` says stop, the path itself is gone, or nobody asks for more. A lost connection
 * shows as an `overflow`. Throws `not_found`, `too_large` with too many watches.
 */
export async function* watch(
  guest: Guest,
  path: string,
  options: WatchOptions,
): AsyncGenerator<FileEvent, void, undefined> {
  const events = new Handover<FileEvent>();
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const watching = guest.persist({
    op: "watch",
    signal,
    attempt: async (connection, number) => {
      if (number > 1) await events.give({ kind: "overflow", path });
      await passOn(connection, events, { path, recursive: options.recursive, signal });
    },
  });
  watching.then(
    () => events.end(),
    (error: unknown) => events.end(signal.aborted && isMicroVMError(error, "cancelled") ? undefined : error),
  );
  try {
    yield* events;
  } finally {
    stop.abort();
    events.refuse(new MicroVMError("cancelled", "Nobody watches any more."));
  }
}

/** Hands on the changes that one connection brings. */
async function passOn(
  connection: Connection,
  events: Handover<FileEvent>,
  o: { path: string; recursive?: boolean; signal: AbortSignal },
): Promise<void> {
  const queue = new ByteQueue();
  const { path, recursive, signal } = o;
  const args = { path, recursive };
  const call = connection.call({ op: "watch", args, maxData: Number.MAX_SAFE_INTEGER, queue, signal });
  call.then(
    () => queue.end(),
    (error: unknown) => queue.end(error),
  );
  try {
    for (;;) {
      const record = await nextRecord(queue, recordBytes);
      if (record === undefined) return;
      await events.give(parsePayload(fileEvent, record, "a change of a file"));
    }
  } catch (error) {
    if (isMicroVMError(error, "protocol_violation")) connection.breakOff(error);
    throw error;
  }
}
