import { randomUUID } from "node:crypto";
import { seal } from "../envelope.js";
import { NatsSaverError } from "../errors.js";
import type { Journal } from "../journal.js";
import { type Head, isLive, openItem, type Stored, versionOf } from "./item.js";
import { type Vectors, vectorBytes } from "./meaning.js";
import type { Pieces } from "./pieces.js";
import { itemSubject } from "./subjects.js";

const MINUTE_MS = 60_000;
/** How often a write is tried again because somebody else wrote the item in between. */
const ROUNDS = 64;
/** The server removes a message this much after its time: clocks differ, and reads honour the time anyway. */
const GRACE_SECONDS = 2;

/** A change of one item. */
export interface Change {
  namespace: string[];
  key: string;
  /** What it is from now on, serialized; `undefined` deletes it. */
  value: { type: string; bytes: Uint8Array } | undefined;
  vectors?: Vectors | undefined;
  /** Minutes that it lives; for ever without. */
  ttl?: number | undefined;
  /** The version that it must have for this to happen; 0: it must not exist. */
  expectedVersion?: number | undefined;
}

/** Writes items: one message a version, each on top of the version that was last. */
export class Writer {
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(
    readonly journal: Journal,
    readonly pieces: Pieces,
    readonly agent: string,
  ) {}

  /** Stores a change and returns the version that it made; 0 if there was nothing to delete. Changes of one item are made in the
   * order of the calls.
   * @throws NatsSaverError `conflict` when the item does not have the expected version */
  async write(change: Change): Promise<number> {
    const subject = itemSubject(this.agent, change.namespace, change.key);
    const before = this.#underWay.get(subject) ?? Promise.resolve();
    // The caller of the one before has its error; this one is another matter.
    const written = before.catch(() => undefined).then(() => this.#write(subject, change));
    this.#underWay.set(subject, written);
    try {
      return await written;
    } finally {
      if (this.#underWay.get(subject) === written) this.#underWay.delete(subject);
    }
  }

  async #write(subject: string, change: Change): Promise<number> {
    const { value, vectors } = change;
    const area = this.pieces.area(subject);
    const content: Pick<Head, "value" | "vectors"> = {};
    if (value !== undefined) content.value = { type: value.type, piece: await area.add(value.bytes) };
    if (vectors !== undefined && vectors.all.length > 0) {
      const { model, dims } = vectors;
      content.vectors = { model, dims, piece: await area.add(vectorBytes(vectors)) };
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await this.#before(subject);
      const live = before.stored !== undefined && isLive(before.stored) ? before.stored : undefined;
      refuseUnexpected(change, live === undefined ? 0 : versionOf(live));
      if (value === undefined && live === undefined && !before.damaged) return 0;
      const head: Head = { ...this.#headOf(change, live), ...content };
      const seq = await this.#append(subject, await this.#timed(head, before), area.parts, before.seq);
      if (seq !== undefined) return seq;
    }
    throw new NatsSaverError(
      "conflict",
      `Item "${change.key}" in [${change.namespace.join(", ")}] is being written by many at once; this write was not stored. Try again.`,
    );
  }

  /** Lets an item live for its time from now on. Does nothing if somebody has written it meanwhile. */
  async refresh(stored: Stored): Promise<Stored> {
    const { ttl, expiresAt } = stored.head;
    const until = Date.now() + (ttl ?? 0);
    // Reading in a loop must not write in a loop.
    if (ttl === undefined || expiresAt === undefined || until - expiresAt < ttl / 100) return stored;
    const before = { seq: stored.seq, stored, damaged: false };
    const { removed: _, ...rest } = stored.head;
    const repeated = { ...rest, expiresAt: until, version: versionOf(stored), first: rest.first ?? stored.seq };
    const head = await this.#timed(repeated, before);
    const seq = await this.#append(stored.subject, head, [stored.area], stored.seq);
    if (seq === undefined) return stored;
    // Of a version only one copy stays, or reading would push older versions out.
    if (stored.head.version !== undefined) await this.journal.remove(stored.seq);
    return { ...stored, seq, head };
  }

  #headOf({ namespace, key, ttl }: Change, live: Stored | undefined): Head {
    // The clock may have been set back: an item is never older than it was.
    const now = Math.max(Date.now(), live?.head.updatedAt ?? 0);
    const head: Head = { format: 1, namespace, key, createdAt: live?.head.createdAt ?? now, updatedAt: now };
    if (live !== undefined) head.first = live.head.first ?? live.seq;
    if (ttl !== undefined) Object.assign(head, { ttl: ttl * MINUTE_MS, expiresAt: Date.now() + ttl * MINUTE_MS });
    return head;
  }

  /** Leaves the removal to the server where it cannot bring an older version back: where that one goes first. */
  async #timed(head: Head, { stored, seq }: Before): Promise<Head> {
    const { expiresAt } = head;
    if (expiresAt === undefined || !(await this.journal.expires())) return head;
    const older = stored?.head.removed === undefined ? undefined : stored.head.expiresAt;
    const olderGoFirst = seq === 0 || (older !== undefined && older + GRACE_SECONDS * 1_000 <= expiresAt);
    return olderGoFirst ? { ...head, removed: "by the server" } : head;
  }

  async #append(subject: string, head: Head, area: Uint8Array[], expected: number): Promise<number | undefined> {
    const messageId = randomUUID();
    const ack = await this.journal.append(subject, seal(head, area), {
      expected,
      messageId,
      ...(head.removed === undefined ? {} : { ttlSeconds: secondsUntil(head.expiresAt ?? 0) }),
    });
    if (ack !== undefined) return ack.seq;
    // Refused, perhaps because an attempt whose answer was lost has stored it.
    const last = await this.journal.last(subject);
    return last?.header("Nats-Msg-Id") === messageId ? last.seq : undefined;
  }

  async #before(subject: string): Promise<Before> {
    const entry = await this.journal.last(subject);
    if (entry === undefined) return { seq: 0, stored: undefined, damaged: false };
    try {
      return { seq: entry.seq, stored: openItem(entry), damaged: false };
    } catch (error) {
      // What cannot be read may be written over: that is how it is mended.
      if (error instanceof NatsSaverError) return { seq: entry.seq, stored: undefined, damaged: true };
      throw error;
    }
  }
}

/** What the item's subject ends with. */
interface Before {
  seq: number;
  stored: Stored | undefined;
  damaged: boolean;
}

function refuseUnexpected({ namespace, key, expectedVersion }: Change, actual: number): void {
  if (expectedVersion === undefined || expectedVersion === actual) return;
  const is = actual === 0 ? "does not exist" : `has version ${actual}`;
  const wanted = expectedVersion === 0 ? "to be new" : `to have version ${expectedVersion}`;
  throw new NatsSaverError(
    "conflict",
    `Item "${key}" in [${namespace.join(", ")}] was expected ${wanted}, but ${is}. Read it again, and write on top of that.`,
  );
}

function secondsUntil(time: number): number {
  return Math.max(1, Math.ceil((time - Date.now()) / 1_000)) + GRACE_SECONDS;
}
