import type { Caller } from "../call.js";
import { DataErased, DataExport } from "./api.js";

/** What a home keeps of an agent, for its clients. Failures are ServerErrors: `run_busy`, `exists`, ... */
export class DataClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Writes all of it into a new folder, an absolute path of the server's host. */
  export(agent: string, folder: string, signal?: AbortSignal): Promise<DataExport> {
    return this.#caller.work("POST", `${pathOf(agent)}/export`, DataExport, { body: { folder }, signal });
  }

  /** Deletes all of it that can be deleted. */
  erase(agent: string): Promise<DataErased> {
    return this.#caller.work("DELETE", pathOf(agent), DataErased);
  }
}

function pathOf(agent: string): string {
  return `/v1/data/${encodeURIComponent(agent)}`;
}
