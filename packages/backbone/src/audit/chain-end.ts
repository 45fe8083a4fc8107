import type { Link } from "../link/link.js";
import { lastOn } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { BEGINNING, parseRecord, sha256 } from "./record.js";

/** A number beyond this leaves none for what follows: it was not counted up to. */
const MOST_SEQ = 2 ** 52;

/** The last record of a chain. */
export interface Head {
  readonly seq: number;
  /** SHA-256 of the record. */
  readonly hash: string;
}

/** Where the next record of a chain goes. */
export interface ChainEnd {
  /** Absent if there is no record yet. */
  readonly head: Head | undefined;
  /** Of the last message on its subject, of whatever kind. */
  readonly hash: string;
  /** Its sequence in the stream, 0 for none. */
  readonly position: number;
}

/**
 * Where a chain ends now, whoever wrote there last. Numbers go on from the last record: not from what is no record of this chain, which workers and
 * clients may write there, too, nor from one that counts from the beginning again.
 * @param o.anchored the last record that was kept outside of the chain: what comes behind it when the stream has let go of all of them
 * @param o.known where it ended when this process looked last
 */
export async function findEnd(
  link: Link,
  o: {
    stream: string;
    subject: string;
    agent: string;
    anchored: () => Promise<Head | undefined>;
    known?: ChainEnd;
  },
): Promise<ChainEnd> {
  const { stream, subject, agent, known } = o;
  const last = await lastOn(link, stream, subject);
  if (last === undefined) {
    const gone = known?.head ?? (await o.anchored());
    const head = gone && { seq: gone.seq, hash: gone.hash };
    return { head, hash: head?.hash ?? BEGINNING, position: 0 };
  }
  const text = last.string();
  const end = { hash: sha256(text), position: last.seq };
  const newest = headOf(text, agent, known?.head);
  if (newest !== undefined) return { head: newest, ...end };
  let head = known?.head;
  const from = (known?.position ?? 0) + 1;
  for await (const message of readStream(link, { stream, subjects: [subject], from, live: false })) {
    if (message.seq > last.seq) break;
    head = headOf(message.string(), agent, head) ?? head;
  }
  return { head, ...end };
}

/** The record that a message is, if it is one of this chain behind that one, or that one. */
function headOf(text: string, agent: string, before: Head | undefined): Head | undefined {
  const record = parseRecord(text);
  if (record === undefined || record.agent !== agent || record.seq > MOST_SEQ) return undefined;
  const head = { seq: record.seq, hash: sha256(text) };
  return head.seq > (before?.seq ?? 0) || head.hash === before?.hash ? head : undefined;
}
