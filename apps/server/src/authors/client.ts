import type { Caller } from "../call.js";
import { type Author, AuthorAnswer, AuthorsAnswer, ExportAnswer, PassphraseAnswer } from "./api.js";

/** The authors of a home, for its clients. Failures are ServerErrors: `unknown_author`, `author_exists`, `keystore_locked`. */
export class AuthorsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** By name. */
  async list(): Promise<Author[]> {
    return (await this.#caller.call("GET", "/v1/authors", AuthorsAnswer)).authors;
  }

  /** By name, by public key or the beginning of one. */
  async get(author: string): Promise<Author> {
    return (await this.#caller.call("GET", path(author), AuthorAnswer)).author;
  }

  /** What is published carries the old name. */
  async rename(author: string, name: string): Promise<Author> {
    return (await this.#caller.call("POST", `${path(author)}/name`, AuthorAnswer, { body: { name } })).author;
  }

  /** The key as one text, encrypted under a passphrase of its own. */
  async export(author: string, passphrase: string): Promise<string> {
    return (await this.#caller.call("POST", `${path(author)}/export`, ExportAnswer, { body: { passphrase } })).key;
  }

  /** Encrypts all keys of the home anew; a key takes a third of a second. */
  changePassphrase(passphrase: string): Promise<{ authors: number }> {
    const o = { body: { passphrase }, timeoutMs: 600_000 };
    return this.#caller.call("POST", "/v1/authors/passphrase", PassphraseAnswer, o);
  }

  async import(key: string, passphrase: string): Promise<Author> {
    return (await this.#caller.call("POST", "/v1/authors", AuthorAnswer, { body: { key, passphrase } })).author;
  }
}

function path(author: string): string {
  return `/v1/authors/${encodeURIComponent(author)}`;
}
