import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvents, StoredEvent } from "@vibewriter/backbone";
import { RunEvent } from "./event.js";
import { isAtRest, type RunRecord, type RunStatus } from "./record.js";

/** An event of a run with its place in the run's log and its time, ISO 8601. */
export type FollowedRunEvent = RunEvent & { seq: number; time: string };

export interface FollowRunOptions {
  readonly events: RunEvents;
  readonly get: () => Promise<RunRecord>;
  /** Does what is left to be done here for a run at rest; true if there is news of it in the log. */
  readonly finish: () => Promise<boolean>;
  readonly runId: string;
  /** Events up to this place were seen. */
  readonly after: number;
  readonly signal: AbortSignal;
}

/** How often a follower looks whether the run is at rest although no event said so: its last event may have come first. */
const LOOK_MS = 1_000;
/** How long the last words of a run at rest may take: they come right after its record says that it rests. */
const LAST_WORDS_MS = 2_000;
const AGAIN_MS = 50;

/**
 * The events of a run, those that were and those to come, until the run is at rest and everything was told. A run that goes on
 * (its question was answered, it was resumed) between the last event and the look at its record is followed further.
 */
export async function* followRun(o: FollowRunOptions): AsyncGenerator<FollowedRunEvent> {
  let last = o.after;
  let told: RunStatus | undefined;
  let waiting: number | undefined;
  for (;;) {
    const { status } = await o.get();
    const rests = isAtRest(status);
    const source = rests ? o.events.read(o.runId, from(last, o.signal)) : liveUntilRest(o, last);
    for await (const stored of source) {
      last = stored.seq;
      const event = parse(stored);
      if (event.type === "status") told = event.data.status;
      yield event;
    }
    if (o.signal.aborted) return;
    waiting = rests && told !== status ? (waiting ?? performance.now()) : undefined;
    if (waiting !== undefined && performance.now() - waiting < LAST_WORDS_MS) {
      await sleep(AGAIN_MS, undefined, { signal: o.signal }).catch(() => undefined); // Aborted: the loop sees it.
      continue;
    }
    if (rests && isAtRest((await o.get()).status) && !(await o.finish())) return;
  }
}

async function* liveUntilRest(o: FollowRunOptions, last: number): AsyncGenerator<StoredEvent> {
  const resting = new AbortController();
  let looks = 0;
  const look = setInterval(() => {
    o.get().then(
      (run) => {
        // Its last words come right after its record says that it rests: they have until the next look.
        looks = isAtRest(run.status) ? looks + 1 : 0;
        if (looks > 1) resting.abort();
      },
      () => resting.abort(), // The caller's own look at the record will say what is wrong.
    );
  }, LOOK_MS);
  try {
    for await (const stored of o.events.follow(o.runId, from(last, AbortSignal.any([o.signal, resting.signal])))) {
      yield stored;
      if (stored.type === "status" && isAtRest((await o.get()).status)) return;
    }
  } finally {
    clearInterval(look);
  }
}

function from(last: number, signal: AbortSignal) {
  return { from: last + 1, signal };
}

function parse(stored: StoredEvent): FollowedRunEvent {
  const { type, data, seq, time } = stored;
  return { ...RunEvent.parse({ type, data }), seq, time };
}
