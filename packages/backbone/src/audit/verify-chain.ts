import { type Anchor, fingerprint, isSigned } from "./anchor.js";
import { BEGINNING, type ChainRecord, parseRecord, RecordContent, sha256 } from "./record.js";

/** A message of the stream, or of an export of it. */
export interface ChainMessage {
  /** The sequence in the stream. */
  readonly position: number;
  readonly text: string;
  /** What its record has encrypted, if somebody had the key. */
  readonly content?: string;
}

/**
 * What is wrong with a link:
 * - `missing`: records between two others are not there
 * - `reordered`: a record stands behind one that came later
 * - `altered`: a record is not the one that was written, as the next one, an anchor or its digest says
 * - `foreign`: a message is no record of this chain
 * - `cut_beginning`, `cut_end`: the chain begins too late, or ends before what an anchor has seen
 * - `signature`: an anchor is not signed by who it says
 */
export type BreakKind = "missing" | "reordered" | "altered" | "foreign" | "cut_beginning" | "cut_end" | "signature";

export interface ChainBreak {
  readonly kind: BreakKind;
  /** The number of the record in its chain. */
  readonly record: number;
  /** The sequence of a message in the stream; absent where none is to blame. */
  readonly position?: number;
  /** A sentence for a person. */
  readonly text: string;
}

/** How the chain of one agent is. */
export interface ChainReport {
  readonly agent: string;
  /** Messages of the time before there was a chain: nothing vouches for those. */
  readonly before: number;
  readonly records: number;
  readonly entries: number;
  /** Entries that were not stored, as the chain itself says. */
  readonly lost: number;
  /** Records whose content nobody can read any more, or not here. */
  readonly closed: number;
  /** The first record that is there, or would be; more than 1 where older ones went with the limit of the stream. */
  readonly first: number;
  readonly last: number;
  /** The last record that an anchor vouches for; 0 for none. */
  readonly anchored: number;
  /** The keys that anchors are signed with, by fingerprint. */
  readonly signers: readonly string[];
  /** The first that is wrong; absent: nothing is. */
  readonly broken?: ChainBreak;
}

/** How far back a stream reaches. */
export interface StreamReach {
  /** Whether it has reached its limit, so that a chain may begin late. */
  readonly isFull: boolean;
  /** Of the oldest message that is there, ISO 8601. */
  readonly since?: string;
}

export interface VerifyChainOptions extends StreamReach {
  readonly agent: string;
  readonly anchors: readonly Anchor[];
  /** Keys, PEM, whose word counts; absent: those that the anchors name. */
  readonly trusted?: readonly string[];
}

/** Follows the chain of one agent from its beginning to its end, and holds it against the anchors. Stops looking at the first link that is broken. */
export async function verifyChain(
  messages: AsyncIterable<ChainMessage> | Iterable<ChainMessage>,
  o: VerifyChainOptions,
): Promise<ChainReport> {
  const chain = new ChainCheck(o);
  for await (const message of messages) chain.see(message);
  return chain.end();
}

/** The check of one chain, message by message. */
export class ChainCheck {
  readonly #o: VerifyChainOptions;
  readonly #anchors = new Map<number, Anchor>();
  readonly #signers = new Set<string>();
  /** The last record that an anchor has seen, signed or not. */
  #beyond = 0;
  #broken: ChainBreak | undefined;
  #before = 0;
  #records = 0;
  #entries = 0;
  #lost = 0;
  #closed = 0;
  #first = 0;
  #anchored = 0;
  #last: { seq: number; hash: string } | undefined;
  /** Of the last message of whatever kind. */
  #hash = BEGINNING;

  constructor(o: VerifyChainOptions) {
    this.#o = o;
    for (const anchor of o.anchors) if (anchor.agent === o.agent) this.#take(anchor);
  }

  see(message: ChainMessage): void {
    const record = parseRecord(message.text);
    const hash = sha256(message.text);
    if (record !== undefined) {
      this.#records += 1;
      this.#entries += record.count;
      this.#lost += record.lost ?? 0;
      if (message.content === undefined) this.#closed += 1;
    } else if (this.#last === undefined) this.#before += 1;
    if (this.#broken === undefined) this.#link(message, record, hash);
    this.#hash = hash;
    if (record !== undefined) this.#last = { seq: record.seq, hash };
  }

  end(): ChainReport {
    const last = this.#last?.seq ?? 0;
    const beyond = this.#beyond;
    if (this.#areAllGone(beyond)) this.#first = beyond + 1;
    else if (beyond > last && this.#broken === undefined) {
      const from = last + 1 === beyond ? `Record ${beyond} is` : `The records ${last + 1} to ${beyond} are`;
      this.#break("cut_end", last + 1, undefined, `${from} missing at the end: an anchor has seen record ${beyond}.`);
    }
    return {
      ...{ agent: this.#o.agent, before: this.#before, records: this.#records, entries: this.#entries },
      ...{ lost: this.#lost, closed: this.#closed, first: this.#first, last, anchored: this.#anchored },
      signers: [...this.#signers],
      ...(this.#broken === undefined ? {} : { broken: this.#broken }),
    };
  }

  /** Whether the stream has let go of the whole chain: it is full, and what is on it is younger than what was anchored. */
  #areAllGone(beyond: number): boolean {
    const { isFull, since } = this.#o;
    const anchor = this.#anchors.get(beyond);
    if (!isFull || since === undefined || anchor === undefined) return false;
    return this.#last === undefined && this.#before === 0 && Date.parse(anchor.at) < Date.parse(since);
  }

  #take(anchor: Anchor): void {
    const { trusted } = this.#o;
    const isTrusted = trusted === undefined || trusted.map(fingerprint).includes(fingerprint(anchor.publicKey));
    if (!isSigned(anchor)) {
      this.#break(
        "signature",
        anchor.seq,
        undefined,
        `The anchor of record ${anchor.seq} is not signed by the key that it names.`,
      );
    } else if (!isTrusted) {
      const whose = `the key ${fingerprint(anchor.publicKey)}, which is not the one that was named`;
      this.#break("signature", anchor.seq, undefined, `The anchor of record ${anchor.seq} is signed by ${whose}.`);
    }
    this.#signers.add(fingerprint(anchor.publicKey));
    const other = this.#anchors.get(anchor.seq);
    if (other !== undefined && other.hash !== anchor.hash) {
      this.#break(
        "altered",
        anchor.seq,
        undefined,
        `Two anchors have seen different records ${anchor.seq}: the chain was written anew from there or before.`,
      );
    }
    this.#anchors.set(anchor.seq, anchor);
    this.#beyond = Math.max(this.#beyond, anchor.seq);
  }

  #link({ position, content }: ChainMessage, record: ChainRecord | undefined, hash: string): void {
    const last = this.#last;
    if (record === undefined) {
      if (last === undefined) return;
      this.#break(
        "foreign",
        last.seq + 1,
        position,
        `Behind record ${last.seq} there is a message that is no record of the audit.`,
      );
      return;
    }
    if (record.agent !== this.#o.agent) {
      this.#break(
        "foreign",
        record.seq,
        position,
        `Record ${record.seq} is of the chain of another agent, ${record.agent}.`,
      );
      return;
    }
    if (last === undefined) this.#begin(record, position);
    else this.#follow(record, last, position);
    this.#hold(record, hash, position);
    this.#look(record, content, position);
  }

  #begin(record: ChainRecord, position: number): void {
    this.#first = record.seq;
    if (record.seq > 1) {
      if (this.#o.isFull) return;
      const text = `The chain begins with record ${record.seq}: those before it are missing, and the stream is not so full that they had to go.`;
      this.#break("cut_beginning", 1, position, text);
    } else if (record.prev !== this.#hash && !this.#o.isFull) {
      this.#break(
        "altered",
        1,
        position,
        "What was written right before the chain is not what record 1 was written behind.",
      );
    }
  }

  #follow(record: ChainRecord, last: { seq: number; hash: string }, position: number): void {
    const { seq } = record;
    if (seq > last.seq + 1) {
      const which =
        seq === last.seq + 2 ? `Record ${last.seq + 1} is` : `The records ${last.seq + 1} to ${seq - 1} are`;
      this.#break("missing", last.seq + 1, position, `${which} missing between ${last.seq} and ${seq}.`);
    } else if (seq <= last.seq) {
      this.#break("reordered", seq, position, `Record ${seq} stands behind record ${last.seq}.`);
    } else if (record.prev !== last.hash) {
      const text = `Record ${last.seq} is not the one that record ${seq} was written behind: one of the two was altered.`;
      this.#break("altered", last.seq, position, text);
    }
  }

  /** Against an anchor. */
  #hold({ seq }: ChainRecord, hash: string, position: number): void {
    const anchor = this.#anchors.get(seq);
    if (anchor === undefined || this.#broken !== undefined) return;
    if (anchor.hash === hash) {
      this.#anchored = seq;
      return;
    }
    const from = this.#anchored + 1;
    const where = from >= seq ? `Record ${seq} was` : `A record from ${from} to ${seq} was`;
    this.#break(
      "altered",
      seq,
      position,
      `${where} altered, and what follows written anew: the anchor of record ${seq} has seen another one.`,
    );
  }

  #look(record: ChainRecord, content: string | undefined, position: number): void {
    if (content === undefined) return;
    const isIt = sha256(content) === record.digest && countOf(content) === record.count;
    if (!isIt)
      this.#break("altered", record.seq, position, `The content of record ${record.seq} is not what its digest says.`);
  }

  #break(kind: BreakKind, record: number, position: number | undefined, text: string): void {
    this.#broken ??= { kind, record, ...(position === undefined ? {} : { position }), text };
  }
}

function countOf(content: string): number | undefined {
  try {
    return RecordContent.safeParse(JSON.parse(content)).data?.entries.length;
  } catch {
    return undefined; // It is no JSON: not what was written.
  }
}
