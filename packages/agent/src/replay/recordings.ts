import type { Backbone, Records } from "@vibewriter/backbone";
import { RecordedCall } from "./recorded-call.js";

/** Calls of one drive that are kept, and characters of all their answers together. */
const MOST_CALLS = 5_000;
const MOST_CHARS = 64 * 1024 * 1024;
/** Characters of one answer that are kept: a record is one message of NATS, which has a megabyte at most. */
const LARGEST_ANSWER = 200_000;

type Run = { readonly agentId: string; readonly runId: string };

/** What the models of runs were asked and have answered, with each run, for as long as the run is known. */
export class Recordings {
  readonly #records: Records<RecordedCall>;

  private constructor(records: Records<RecordedCall>) {
    this.#records = records;
  }

  static async open(backbone: Pick<Backbone, "records">): Promise<Recordings> {
    return new Recordings(await backbone.records("VIBEWRITER_RECORDINGS", RecordedCall));
  }

  /** All calls of a run, in the order in which they were answered; none for a run that has asked no model. */
  async of(run: Run): Promise<RecordedCall[]> {
    return (await this.#records.list(keyOf(run))).map(({ value }) => value);
  }

  /** Writes for one drive of a run. */
  writer(run: Run, drive: number): RecordingWriter {
    return new RecordingWriter(async (place, call) => {
      await this.#records.put(`${keyOf(run)}.${padded(drive)}-${padded(place)}`, call);
    }, drive);
  }

  /** Puts the calls of a run that comes from elsewhere there, as they are. */
  async restore(run: Run, calls: readonly RecordedCall[]): Promise<void> {
    for (const [place, call] of calls.entries()) {
      await this.#records.put(`${keyOf(run)}.${padded(call.drive)}-${padded(place)}`, call);
    }
  }
}

/** Keeps the calls of one drive, within bounds. */
export class RecordingWriter {
  readonly #put: (place: number, call: RecordedCall) => Promise<void>;
  readonly #drive: number;
  #calls = 0;
  #chars = 0;

  constructor(put: (place: number, call: RecordedCall) => Promise<void>, drive: number) {
    this.#put = put;
    this.#drive = drive;
  }

  /** Returns when the call is on the disk. Of one that is too large, or one too many, only that it was made is kept. */
  async keep({ answer, ...call }: Omit<RecordedCall, "drive" | "at">): Promise<void> {
    const place = this.#calls++;
    if (place > MOST_CALLS) return;
    const length = answer?.length ?? 0;
    this.#chars += length;
    const left = whyLeft(place, length, this.#chars);
    const now = { drive: this.#drive, at: new Date().toISOString() };
    await this.#put(place, { ...call, ...now, ...(left === undefined ? { answer } : { left }) });
  }
}

function whyLeft(place: number, length: number, chars: number): string | undefined {
  if (place >= MOST_CALLS) return `a recording holds ${MOST_CALLS} calls at most`;
  if (length > LARGEST_ANSWER) return `an answer of ${length} characters is too large to be kept`;
  return chars > MOST_CHARS ? "the answers of one run are kept up to 64 MiB" : undefined;
}

function keyOf({ agentId, runId }: Run): string {
  return `${agentId}.${runId}`;
}

function padded(number: number): string {
  return String(number).padStart(5, "0");
}
