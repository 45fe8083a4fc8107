import type { Caller } from "../call.js";
import { Rebuilt } from "./api.js";

/** The index of the knowledge base, for the clients of a home. */
export class KbClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Deletes the index and makes it again from the stream; searches wait meanwhile. It goes on if the caller does not wait for it. */
  rebuild(o: { signal?: AbortSignal } = {}): Promise<Rebuilt> {
    return this.#caller.work("POST", "/v1/kb/rebuild", Rebuilt, o);
  }
}
