import { randomUUID } from "node:crypto";
import { RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { z } from "zod";
import { BackboneError, reason } from "./errors.js";
import { InTurn } from "./in-turn.js";
import { ensureStream } from "./link/ensure-stream.js";
import type { Link } from "./link/link.js";
import { publish } from "./link/publish.js";
import { readStream } from "./link/read-stream.js";
import type { ReadMessage } from "./link/reading.js";

const STREAM = "VIBEWRITER_EVENTS";
/** The header that says which epoch of its run's drivers wrote an event; what persons ask of a run has none. */
const EPOCH = "Vibewriter-Epoch";
/** Runs whose event ids are held in memory; an older one is read again when it goes on. */
const MAX_OPEN_RUNS = 512;

const bodySchema = z.object({ id: z.string(), type: z.string(), data: z.unknown() });

/** One event of a run as it was stored. */
export interface StoredEvent {
  /** Position in the stream: grows from event to event of a run, with gaps. */
  seq: number;
  runId: string;
  id: string;
  type: string;
  /** What was appended, after JSON; parse it with the schema of its type. */
  data: unknown;
  /** When the server stored it, ISO 8601. */
  time: string;
}

/**
 * What happened in each run, in order, for ever: stream VIBEWRITER_EVENTS, one subject `vibewriter.events.<run>`.
 * Within a run an event id is stored once, however often and however much later it is appended again.
 */
export class RunEvents {
  readonly #link: Link;
  readonly #runs = new Map<string, RunLog>();

  private constructor(link: Link) {
    this.#link = link;
  }

  static async open(link: Link): Promise<RunEvents> {
    await ensureStream(link, {
      name: STREAM,
      subjects: ["vibewriter.events.*"],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      allow_direct: true,
    });
    return new RunEvents(link);
  }

  /**
   * Stores one event and returns its `seq` when it is on the disk. With the `id` of an earlier event of this run
   * nothing is stored and that event's `seq` is returned, so a step that is done again may append again. With an `epoch`
   * the event is refused once the run has one of a higher epoch: every append expects the last event that it knows, so a
   * writer that was overtaken sees that before it can write.
   * @throws BackboneError `fenced` for an epoch that is over; `invalid` for a run id that is not letters, digits, `-` and
   *   `_`; `too_large` above 1 MiB; `unavailable` if NATS stays away
   */
  append(runId: string, type: string, data: unknown, o: { id?: string; epoch?: number } = {}): Promise<number> {
    const body = JSON.stringify({ id: o.id ?? randomUUID(), type, data: data ?? null });
    return this.#log(runId).append(body, o.epoch);
  }

  /** The events stored so far, from position `from` (the first by default); ends with the last one. */
  read(runId: string, o: { from?: number; signal?: AbortSignal } = {}): AsyncGenerator<StoredEvent, void, undefined> {
    return this.#events(runId, false, o);
  }

  /**
   * The events stored so far from position `from`, then each new one as it comes, over restarts of the server.
   * Ends when `signal` aborts; throws BackboneError `closed` when the backbone is closed.
   */
  follow(runId: string, o: { from?: number; signal?: AbortSignal } = {}): AsyncGenerator<StoredEvent, void, undefined> {
    return this.#events(runId, true, o);
  }

  /**
   * The events of all runs from position `from`, in order, then each new one as it comes; ends when `signal` aborts. One that cannot be
   * read is passed over: whoever reads its run is told of it.
   */
  async *followAll(o: { from: number; signal: AbortSignal }): AsyncGenerator<StoredEvent, void, undefined> {
    const reading = { stream: STREAM, subjects: ["vibewriter.events.*"], live: true, ...o };
    for await (const message of readStream(this.#link, reading)) {
      const event = readable(message.subject.slice("vibewriter.events.".length), message);
      if (event) yield event;
    }
  }

  /** The `seq` of the last event of any run; 0 before the first. */
  async lastPosition(): Promise<number> {
    const { state } = await this.#link.patiently("look at the events", () => this.#link.jsm.streams.info(STREAM));
    return state.last_seq;
  }

  /** Removes everything that happened in a run; whoever follows it hears nothing of that. */
  async erase(runId: string): Promise<void> {
    this.#runs.delete(runId);
    await this.#link.patiently("erase events", () =>
      this.#link.jsm.streams.purge(STREAM, { filter: subjectOf(runId) }),
    );
  }

  async *#events(
    runId: string,
    live: boolean,
    o: { from?: number; signal?: AbortSignal },
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const subjects = [subjectOf(runId)];
    const reading = { stream: STREAM, subjects, from: o.from ?? 1, live, signal: o.signal };
    for await (const message of readStream(this.#link, reading)) yield parseEvent(runId, message);
  }

  #log(runId: string): RunLog {
    const log = this.#runs.get(runId) ?? new RunLog(this.#link, runId);
    this.#runs.delete(runId);
    this.#runs.set(runId, log); // Last used, last forgotten.
    for (const [oldest, candidate] of this.#runs) {
      if (this.#runs.size <= MAX_OPEN_RUNS) break;
      if (candidate.isIdle) this.#runs.delete(oldest);
    }
    return log;
  }
}

/**
 * The writing end of one run. It knows the ids that are stored; each write expects the last sequence it knows, so that
 * nothing another process wrote can go unseen.
 */
class RunLog {
  readonly #link: Link;
  readonly #runId: string;
  readonly #subject: string;
  readonly #seqOf = new Map<string, number>();
  #last = 0;
  #epoch = 0;
  #loaded = false;
  #waiting = 0;
  readonly #turn = new InTurn();

  constructor(link: Link, runId: string) {
    this.#link = link;
    this.#runId = runId;
    this.#subject = subjectOf(runId);
  }

  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  append(body: string, epoch: number | undefined): Promise<number> {
    this.#waiting++;
    return this.#turn.do(() => this.#store(body, epoch).finally(() => this.#waiting--));
  }

  async #store(body: string, epoch: number | undefined): Promise<number> {
    const { id } = bodySchema.parse(JSON.parse(body));
    if (!this.#loaded) await this.#catchUp();
    for (;;) {
      if (epoch !== undefined && epoch < this.#epoch) throw fenced(this.#runId, epoch, this.#epoch);
      const known = this.#seqOf.get(id);
      if (known !== undefined) return known;
      try {
        const { seq } = await publish(this.#link, {
          stream: STREAM,
          subject: this.#subject,
          data: body,
          messageId: `${this.#runId}:${id}`,
          expectedLast: this.#last,
          headers: epoch === undefined ? {} : { [EPOCH]: String(epoch) },
        });
        this.#seqOf.set(id, seq);
        this.#epoch = Math.max(this.#epoch, epoch ?? 0);
        this.#last = Math.max(this.#last, seq);
        return seq;
      } catch (error) {
        if (!(error instanceof BackboneError) || error.code !== "conflict") throw error;
        await this.#catchUp();
      }
    }
  }

  async #catchUp(): Promise<void> {
    const subjects = [this.#subject];
    const reading = { stream: STREAM, subjects, from: this.#last + 1, live: false };
    for await (const message of readStream(this.#link, reading)) {
      this.#seqOf.set(parseEvent(this.#runId, message).id, message.seq);
      this.#last = message.seq;
      this.#epoch = Math.max(this.#epoch, Number(message.headers?.get(EPOCH) || 0));
    }
    this.#loaded = true;
  }
}

function subjectOf(runId: string): string {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(runId)) {
    throw new BackboneError("invalid", `"${runId}" cannot be a run id: use letters, digits, "-" and "_" only.`);
  }
  return `vibewriter.events.${runId}`;
}

function fenced(runId: string, epoch: number, newest: number): BackboneError {
  const message = `Run ${runId} was taken over by epoch ${newest}; epoch ${epoch} may not write to it any more.`;
  return new BackboneError("fenced", message);
}

function readable(runId: string, message: ReadMessage): StoredEvent | undefined {
  try {
    return parseEvent(runId, message);
  } catch (error) {
    if (error instanceof BackboneError && error.code === "corrupt") return undefined;
    throw error;
  }
}

function parseEvent(runId: string, message: ReadMessage): StoredEvent {
  try {
    const { id, type, data } = bodySchema.parse(message.json());
    return { seq: message.seq, runId, id, type, data, time: message.time.toISOString() };
  } catch (error) {
    throw new BackboneError("corrupt", `Event ${message.seq} of run ${runId} cannot be read: ${reason(error)}`, {
      cause: error,
    });
  }
}
