import type { SettledValue } from "./values.js";

/** What is known of a stored checkpoint: enough to build the next one on it without reading it again. */
export interface Known {
  seq: number;
  channels: ReadonlyMap<string, { version: number | string | undefined; value: SettledValue }>;
}

/** The end of a checkpoint log as a writer saw it. Its next checkpoint is accepted only while this is still the end. */
export interface LogEnd {
  seq: number;
  epoch: number;
}

const MOST_REMEMBERED = 4_096;

/** A saver's memory of the lines it writes: per checkpoint that was loaded or written, what is in it, and the end of the log
 * at that moment. Two runs that loaded the same checkpoint therefore expect the same end, and only one of them can win,
 * even in one process. Forgetting the oldest costs reads and, for a writer that has been idle through thousands of
 * checkpoints of others, turns a conflict into a fork. */
export class Lines {
  readonly #known = new Map<string, Known>();
  readonly #ends = new Map<string, LogEnd>();
  readonly #loaded = new Map<string, LogEnd>();

  known(log: string, checkpoint: string): Known | undefined {
    return touch(this.#known, key(log, checkpoint));
  }

  /** Whether a remembered checkpoint of the log holds this version of a channel. */
  hasVersion(log: string, channel: string, version: number | string): boolean {
    const start = key(log, "");
    for (const [id, { channels }] of this.#known) {
      if (id.startsWith(start) && channels.get(channel)?.version === version) return true;
    }
    return false;
  }

  remember(log: string, checkpoint: string, known: Known): void {
    keep(this.#known, key(log, checkpoint), known);
  }

  /** The end of the log that a checkpoint built on this one must find. `undefined` as the checkpoint: on nothing. */
  end(log: string, checkpoint: string | undefined): LogEnd | undefined {
    return touch(this.#ends, key(log, checkpoint ?? ""));
  }

  /** The end of the log when a checkpoint of it was last loaded, whichever it was. */
  loadedEnd(log: string): LogEnd | undefined {
    return this.#loaded.get(log);
  }

  /** A checkpoint (or that there is none) was loaded while the log ended there. */
  loaded(log: string, checkpoint: string | undefined, end: LogEnd): void {
    keep(this.#ends, key(log, checkpoint ?? ""), end);
    keep(this.#loaded, log, end);
  }

  /** A checkpoint was appended, and is the end of the log. */
  appended(log: string, checkpoint: string, end: LogEnd): void {
    keep(this.#ends, key(log, checkpoint), end);
  }

  /** Forgets everything under a subject. */
  forget(subject: string): void {
    for (const map of [this.#known, this.#ends, this.#loaded]) {
      for (const id of map.keys()) if (id.startsWith(`${subject}.`)) map.delete(id);
    }
  }
}

function key(log: string, checkpoint: string): string {
  return `${log} ${checkpoint}`;
}

function touch<T>(map: Map<string, T>, id: string): T | undefined {
  const value = map.get(id);
  if (value !== undefined) keep(map, id, value);
  return value;
}

function keep<T>(map: Map<string, T>, id: string, value: T): void {
  map.delete(id);
  map.set(id, value);
  if (map.size <= MOST_REMEMBERED) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
