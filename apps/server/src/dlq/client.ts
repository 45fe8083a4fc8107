import { z } from "zod";
import type { Caller } from "../call.js";
import { type DeadLetter, DeadLetterAnswer, DeadLetterRetry, DeadLettersAnswer } from "./api.js";

/** What could not be dealt with, for the clients of a home. Failures are ServerErrors: `not_found` for an unknown id. */
export class DeadLettersClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async list(): Promise<DeadLetter[]> {
    return (await this.#caller.call("GET", "/v1/dlq", DeadLettersAnswer)).letters;
  }

  async show(id: string): Promise<DeadLetterAnswer> {
    return await this.#caller.call("GET", path(id), DeadLetterAnswer);
  }

  async retry(id: string): Promise<DeadLetterRetry> {
    return await this.#caller.call("POST", `${path(id)}/retry`, DeadLetterRetry, { timeoutMs: 60_000 });
  }

  async drop(id: string): Promise<void> {
    await this.#caller.call("DELETE", path(id), z.object({}));
  }
}

function path(id: string): string {
  return `/v1/dlq/${encodeURIComponent(id)}`;
}
