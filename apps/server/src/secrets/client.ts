import { z } from "zod";
import type { Caller } from "../call.js";
import { SecretAnswer, type SecretInfo, SecretsAnswer } from "./api.js";

/** The secrets of a home, for its clients. Failures are ServerErrors: `not_found`, `exists`, ... */
export class SecretsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** By name. */
  async list(): Promise<SecretInfo[]> {
    return (await this.#caller.call("GET", "/v1/secrets", SecretsAnswer)).secrets;
  }

  /** Keeps a new one. */
  async set(name: string, value: string): Promise<SecretInfo> {
    return (await this.#caller.call("POST", pathOf(name), SecretAnswer, { body: { value } })).secret;
  }

  /** Gives one another value, for whoever uses it from now on. */
  async rotate(name: string, value: string): Promise<SecretInfo> {
    return (await this.#caller.call("PUT", pathOf(name), SecretAnswer, { body: { value } })).secret;
  }

  async remove(name: string): Promise<void> {
    await this.#caller.call("DELETE", pathOf(name), z.object({}));
  }
}

function pathOf(name: string): string {
  return `/v1/secrets/${encodeURIComponent(name)}`;
}
