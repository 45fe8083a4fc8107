import type { Caller } from "../call.js";
import { type Worker, Workers } from "./api.js";

/** The workers that drive runs, of all hosts. */
export class WorkersClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Those that were heard of lately first. */
  async list(): Promise<Worker[]> {
    return (await this.#caller.call("GET", "/v1/workers", Workers)).workers;
  }
}
