import { setTimeout as sleep } from "node:timers/promises";
import { ChoirError } from "../../errors.js";

export interface EmbeddingRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: unknown;
  /** Whom an error names. */
  service: string;
  model: string;
  /** For the request and all of its repetitions, in milliseconds. */
  deadlineMs: number;
  signal?: AbortSignal;
}

/** One answer is awaited this long; a batch takes a second or two. */
const ANSWER_MS = 30_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Posts JSON and gives the JSON of the answer. What is busy (429) or fails (5xx, no connection) is asked again, each time after twice
 * the wait or after what `Retry-After` says, until the deadline.
 * @throws ChoirError `embedder_refused` for what only a person can mend, `embedder_unavailable` for what passes. The service's own words
 *   are not repeated: they may have the key in them
 */
export async function postForEmbeddings(o: EmbeddingRequest): Promise<unknown> {
  const end = Date.now() + o.deadlineMs;
  for (let failures = 0; ; failures++) {
    const outcome = await tryOnce(o, end);
    if ("answer" in outcome) return outcome.answer;
    const wait = outcome.waitMs ?? FIRST_WAIT_MS * 2 ** failures;
    if (!outcome.mayPass || Date.now() + wait >= end || o.signal?.aborted) throw outcome.error;
    await sleep(Math.min(wait, LONGEST_WAIT_MS), undefined, { signal: o.signal }).catch(() => undefined); // Told below.
  }
}

type Outcome = { answer: unknown } | { error: ChoirError; mayPass: boolean; waitMs?: number };

async function tryOnce(o: EmbeddingRequest, end: number): Promise<Outcome> {
  const deadline = AbortSignal.timeout(Math.max(1, Math.min(ANSWER_MS, end - Date.now())));
  let response: Response;
  let text: string;
  try {
    response = await fetch(o.url, {
      method: "POST",
      headers: { ...o.headers, "content-type": "application/json" },
      body: JSON.stringify(o.body),
      redirect: "error",
      signal: o.signal ? AbortSignal.any([o.signal, deadline]) : deadline,
    });
    text = await response.text();
  } catch (cause) {
    return { error: unavailable(`${o.service} cannot be reached for embeddings`, cause), mayPass: true };
  }
  if (response.ok) return parseAnswer(o.service, text);
  const { status } = response;
  const mayPass = status === 429 || status === 408 || status >= 500;
  if (!mayPass) return { error: refusal(o, status, text), mayPass };
  const error = unavailable(`${o.service} answers with HTTP ${status} to a request for embeddings`);
  return { error, mayPass, ...retryAfter(response.headers.get("retry-after")) };
}

function parseAnswer(service: string, text: string): Outcome {
  try {
    return { answer: JSON.parse(text) };
  } catch (cause) {
    return { error: unavailable(`${service} gave no JSON for embeddings`, cause), mayPass: true };
  }
}

function refusal({ service, model }: EmbeddingRequest, status: number, text: string): ChoirError {
  // Google says 400 for a key that it does not know.
  if (status === 401 || status === 403 || text.includes("API_KEY_INVALID")) {
    return refused(
      `${service} refuses the key for embeddings (${status}); set the right one and start the server anew.`,
    );
  }
  if (status === 404 || /model/i.test(text)) {
    return refused(`${service} has no embedding model "${model}" (${status}); name another one.`);
  }
  return refused(`${service} refuses the texts that it was to embed (${status}); name another model.`);
}

/** `Retry-After` in seconds; a date is as good as nothing. */
function retryAfter(value: string | null): { waitMs?: number } {
  const seconds = Number(value ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { waitMs: Math.min(seconds * 1000, LONGEST_WAIT_MS) } : {};
}

function refused(message: string): ChoirError {
  return new ChoirError("embedder_refused", message);
}

function unavailable(what: string, cause?: unknown): ChoirError {
  return new ChoirError("embedder_unavailable", `${what}: it is tried again later.`, { cause });
}
