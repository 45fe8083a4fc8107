/**
 * What went wrong, for a program:
 * - `invalid_article`, `no_title`, `too_large`: the article cannot be published as it is
 * - `key_reused`: another article was published under this idempotency key
 * - `not_author`: the signer is not the author of the article
 * - `conflict`: the article was revised meanwhile
 * - `retracted`: the article was taken back, so it is neither revised nor cited
 * - `invalid_retraction`: a retraction without a reason
 * - `bad_signature`: a signer gave a signature that does not verify
 * - `unknown_article`, `ambiguous_id`: no article, or several, with this id or prefix
 * - `invalid_citation`, `self_citation`: the citation is refused
 * - `unknown_author`, `author_exists`, `invalid_author`: the keystore has no such author, has one already, or cannot have one of this name
 * - `keystore_locked`: the passphrase is not the one that the key was encrypted with
 * - `keystore_failed`: a file of the keystore cannot be read or written, or is damaged
 * - `invalid_query`: the question, or what is asked of the articles, is not in the form it should have
 * - `export_failed`: a file of the article could not be made
 * - `invalid_import`: there is nothing to import where it was looked for
 * - `bad_collection`: the folder is no test collection, or one of its lines is wrong
 * - `invalid_amount`, `invalid_funding`: an amount, or a payment by a sponsor, that the ledger does not take
 * - `bad_posting`: a posting that breaks the rules of double entry
 * - `ledger_differs`: the ledger has a posting that its rules do not give
 * - `ledger_elsewhere`: the knowledge base is shared with tenants, for whom no ledger is kept
 * - `unknown_embedder`, `missing_key`, `missing_requirement`: no embedder of this name, or its key or its library is not here
 * - `embedder_refused`: the service of the embedder wants another key or another model
 * - `embedder_unavailable`: the service of the embedder is busy or away
 * - `embedder_mismatch`: the embedder does not give what it says it gives
 * - `bad_event`: an effect in the stream that can never be applied
 * - `in_use`: another process has the file open
 * - `index_failed`, `index_corrupt`, `index_stopped`: the SQLite file, or the thread that holds it, failed
 * - `index_unavailable`: Qdrant does not answer
 * - `timeout`: the index did not answer before its deadline
 * - `closed`: the knowledge base was closed
 */
export type ChoirErrorCode =
  | "invalid_article"
  | "no_title"
  | "too_large"
  | "key_reused"
  | "not_author"
  | "conflict"
  | "retracted"
  | "invalid_retraction"
  | "bad_signature"
  | "unknown_article"
  | "ambiguous_id"
  | "invalid_citation"
  | "self_citation"
  | "unknown_author"
  | "author_exists"
  | "invalid_author"
  | "keystore_locked"
  | "keystore_failed"
  | "invalid_query"
  | "export_failed"
  | "invalid_import"
  | "bad_collection"
  | "invalid_amount"
  | "invalid_funding"
  | "bad_posting"
  | "ledger_differs"
  | "ledger_elsewhere"
  | "unknown_embedder"
  | "missing_key"
  | "missing_requirement"
  | "embedder_refused"
  | "embedder_unavailable"
  | "embedder_mismatch"
  | "bad_event"
  | "in_use"
  | "index_failed"
  | "index_corrupt"
  | "index_stopped"
  | "index_unavailable"
  | "timeout"
  | "closed";

/** What went wrong in the knowledge base; `message` is one sentence that says what to do next. */
export class ChoirError extends Error {
  override readonly name = "ChoirError";
  readonly code: ChoirErrorCode;

  constructor(code: ChoirErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
