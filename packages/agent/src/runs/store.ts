import { randomBytes } from "node:crypto";
import type { RecordChange, Records } from "@vibewriter/backbone";
import { AgentError } from "../errors.js";
import type { RunRecord } from "./record.js";

/** The records of all runs. */
export class RunStore {
  readonly #records: Records<RunRecord>;

  constructor(records: Records<RunRecord>) {
    this.#records = records;
  }

  async add(record: RunRecord): Promise<RunRecord> {
    await this.#records.create(record.runId, record);
    return record;
  }

  /** Throws AgentError `run_not_found`. */
  async get(runId: string): Promise<RunRecord> {
    const found = await this.find(runId);
    if (found === undefined) throw notFound(runId);
    return found;
  }

  async find(runId: string): Promise<RunRecord | undefined> {
    return /^[a-z0-9-]{1,64}$/.test(runId) ? (await this.#records.get(runId))?.value : undefined;
  }

  async list(): Promise<RunRecord[]> {
    return (await this.#records.list()).map(({ value }) => value);
  }

  /**
   * Changes a record by what it is now; with `undefined` it stays. Returns it as it is afterwards.
   * @throws AgentError `run_not_found`
   */
  async change(runId: string, change: (now: RunRecord) => RunRecord | undefined): Promise<RunRecord> {
    const changed = await this.#records.update(runId, (now) => now && change(now));
    if (changed === undefined) throw notFound(runId);
    return changed;
  }

  /** Every record as it is now, then each change, until `signal` aborts. */
  watch(signal: AbortSignal): AsyncGenerator<RecordChange<RunRecord>, void, undefined> {
    return this.#records.watch({ signal });
  }
}

/** A new run's id: 60 random bits in lower-case letters and digits, safe in subjects, keys, paths and operation ids. */
export function newRunId(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  return `run-${[...randomBytes(12)].map((byte) => alphabet[byte % alphabet.length]).join("")}`;
}

function notFound(runId: string): AgentError {
  return new AgentError("run_not_found", `There is no run ${runId}; \`vibewriter runs\` lists them.`);
}
