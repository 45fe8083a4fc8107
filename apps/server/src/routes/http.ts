import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { codeOf, messageOf, ServerError } from "../errors.js";
import { inOurWords } from "../in-our-words.js";
import type { Log } from "../log.js";
import { parse } from "../parse.js";

/** Parses a JSON body. Throws ServerError bad_request that names the first wrong field. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  let value: unknown;
  try {
    value = await c.req.json();
  } catch (cause) {
    throw new ServerError("bad_request", "The body of the request is not JSON.", { cause });
  }
  return parse(schema, value);
}

/** The answer to a failed request: `{error: {code, message}}`, with the status that its code means. */
export function answerError(c: Context, error: unknown, log: Log): Response {
  const failure = inOurWords(error);
  const code = codeOf(failure);
  const status = STATUS[code] ?? 500;
  if (status === 500) {
    log.write("error", "request failed", {
      method: c.req.method,
      path: c.req.path,
      code,
      error: messageOf(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
  }
  return c.json({ error: { code, message: messageOf(failure) } }, status);
}

/** What a stream says at last when its work failed: it has its status 200 already. */
export function failedEvent(error: unknown): { event: "failed"; data: string } {
  const failure = inOurWords(error);
  return { event: "failed", data: JSON.stringify({ error: { code: codeOf(failure), message: messageOf(failure) } }) };
}

/** Codes of all packages that are the caller's doing or a state of the home; every other code is a failure of ours. */
const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  bad_request: 400,
  invalid: 400,
  bad_config: 400,
  invalid_request: 400,
  invalid_argument: 400,
  invalid_path: 400,
  invalid_query: 400,
  unknown_model: 400,
  unknown_embedder: 400,
  output_failed: 400,
  // What is wrong with the sources that were named.
  missing: 400,
  empty: 400,
  outside: 400,
  unsupported: 400,
  unreadable: 400,
  no_text: 400,
  secret_found: 400,
  invalid_input: 400,
  // What is wrong with an article, a citation or an author.
  invalid_article: 400,
  no_title: 400,
  invalid_retraction: 400,
  invalid_import: 400,
  export_failed: 422,
  invalid_citation: 400,
  self_citation: 400,
  invalid_skill: 400,
  skill_not_found: 404,
  skill_exists: 409,
  skill_changed: 409,
  skill_untrusted: 409,
  invalid_memory: 400,
  memory_not_found: 404,
  memory_too_large: 413,
  memory_changed: 409,
  no_recording: 409,
  invalid_author: 400,
  keystore_locked: 403,
  forbidden: 403,
  not_author: 403,
  denied: 403,
  not_approved: 403,
  unknown_author: 404,
  author_exists: 409,
  retracted: 409,
  invalid_amount: 400,
  invalid_funding: 400,
  // What is wrong with what is asked of a VM, or of a path in it.
  not_directory: 400,
  is_directory: 400,
  not_empty: 400,
  limit_exceeded: 400,
  permission_denied: 403,
  read_only: 403,
  too_large: 413,
  not_found: 404,
  run_not_found: 404,
  no_report: 409,
  unknown_article: 404,
  approval_not_found: 404,
  ambiguous_id: 409,
  conflict: 409,
  tenants_off: 409,
  ledger_elsewhere: 409,
  ledger_differs: 409,
  image_in_use: 409,
  run_busy: 409,
  run_finished: 409,
  approval_decided: 409,
  approval_expired: 409,
  invalid_decision: 400,
  no_question: 409,
  exists: 409,
  stopped: 409,
  vm_busy: 409,
  secret_in_memory: 409,
  expired: 409,
  missing_key: 424,
  missing_requirement: 424,
  embedder_refused: 424,
  requirement_missing: 424,
  no_server: 424,
  too_old: 424,
  no_jetstream: 424,
  isolation_refused: 424,
  not_ready: 503,
  stopping: 503,
  unavailable: 503,
  embedder_unavailable: 503,
  disk_full: 507,
  no_space: 507,
  quota_exceeded: 507,
};
