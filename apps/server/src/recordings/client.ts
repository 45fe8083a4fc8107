import type { RunRecord } from "@vibewriter/agent/runs";
import { RunAnswer } from "../api.js";
import type { Caller } from "../call.js";
import { WrittenAnswer } from "./api.js";

/** Until the largest recording has been copied, in milliseconds. */
const COPY_MS = 120_000;

/** Recordings of runs, for the clients of a home. Failures are ServerErrors: `run_not_found`, `run_busy`, `no_recording`, `output_failed`. */
export class RecordingsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Writes a run's recording into a new folder, by its absolute path; how many calls of models are in it. */
  async write(run: string, folder: string): Promise<number> {
    const o = { body: { folder }, timeoutMs: COPY_MS };
    return (await this.#caller.call("POST", `/v1/runs/${encodeURIComponent(run)}/recording`, WrittenAnswer, o)).calls;
  }

  /** Takes a folder in; the run that it is of, which can be repeated then. */
  async read(folder: string): Promise<RunRecord> {
    const o = { body: { folder }, timeoutMs: COPY_MS };
    return (await this.#caller.call("POST", "/v1/recordings", RunAnswer, o)).run;
  }
}
