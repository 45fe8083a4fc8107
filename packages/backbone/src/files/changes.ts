import { DeliverPolicy, type StoredMsg } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import type { Link } from "../link/link.js";
import { lastOn } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { endWhenSilent, HEARTBEAT_MS } from "../link/silence.js";
import { isForbidden } from "../link/transient.js";
import { isContentName } from "./contents.js";
import { ALL_ENTRIES, type FileVersion, parseEntry, STREAM } from "./entry.js";

export interface FileChanges {
  /** Where to go on from the next time. */
  position: number;
  /** What each changed file is now, in the order of their last changes. */
  files: FileVersion[];
}

/** See FileStore.changes. */
export async function changesAfter(link: Link, after: number): Promise<FileChanges> {
  if (after === 0) return await everyHead(link);
  const last = await lastOn(link, STREAM, ALL_ENTRIES);
  if (last === undefined || last.seq <= after) return { position: after, files: [] };
  const heads = new Heads(after);
  const reading = { stream: STREAM, subjects: [ALL_ENTRIES], from: after + 1, live: false };
  for await (const message of readStream(link, reading)) heads.take(message);
  return heads.changes;
}

/** The last message of each key, all in one reading, which begins again if the connection is lost. */
async function everyHead(link: Link): Promise<FileChanges> {
  try {
    return await (link.readsDirectly ? eachHead(link) : headsAtOnce(link));
  } catch (error) {
    if (!isForbidden(error) || link.readsDirectly) throw error;
    link.readsDirectly = true; // Our role may not make consumers.
    return await eachHead(link);
  }
}

/** The same without a consumer, one request a file. */
async function eachHead(link: Link): Promise<FileChanges> {
  const { state } = await link.patiently("list the files", () =>
    link.jsm.streams.info(STREAM, { subjects_filter: ALL_ENTRIES }),
  );
  const found: StoredMsg[] = [];
  for (const subject of Object.keys(state.subjects ?? {})) {
    const message = await lastOn(link, STREAM, subject);
    if (message) found.push(message);
  }
  const heads = new Heads(0);
  for (const message of found.sort((a, b) => a.seq - b.seq)) heads.take(message);
  return heads.changes;
}

async function headsAtOnce(link: Link): Promise<FileChanges> {
  return await link.patiently("list the files", async () => {
    const heads = new Heads(0);
    const consumer = await link.js.consumers.get(STREAM, {
      filter_subjects: ALL_ENTRIES,
      deliver_policy: DeliverPolicy.LastPerSubject,
      inactive_threshold: 30_000,
    });
    const { num_pending } = await consumer.info();
    if (num_pending === 0) return heads.changes;
    const messages = await consumer.consume({
      max_messages: 512,
      expires: 2 * HEARTBEAT_MS,
      idle_heartbeat: HEARTBEAT_MS,
    });
    void endWhenSilent(messages);
    try {
      for await (const message of messages) {
        heads.take(message);
        if (message.info.pending === 0) return heads.changes;
      }
    } finally {
      await messages.close();
    }
    throw new errors.TimeoutError(); // The consumer is gone before its end.
  });
}

class Heads {
  readonly #files = new Map<string, FileVersion>();
  #position: number;

  constructor(position: number) {
    this.#position = position;
  }

  take(message: Parameters<typeof parseEntry>[0]): void {
    this.#position = Math.max(this.#position, message.seq);
    const { head } = parseEntry(message);
    if (isContentName(head.key)) return;
    this.#files.delete(head.key);
    this.#files.set(head.key, head);
  }

  get changes(): FileChanges {
    return { position: this.#position, files: [...this.#files.values()] };
  }
}
