import type { Caller } from "../call.js";
import { type DocumentToRead, ReadText } from "./api.js";

/** The reader's own limit for one document, the start of its VM, and others whose turn it is first. */
const SLOW_MS = 300_000;

/** Texts of documents, for the clients of a home. Failures are ServerErrors. */
export class TextsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** What the reader VM makes of a document; nothing of it is kept. */
  async read(document: DocumentToRead): Promise<ReadText> {
    return await this.#caller.call("POST", "/v1/texts", ReadText, { body: document, timeoutMs: SLOW_MS });
  }
}
