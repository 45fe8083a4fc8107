import { type Dispatcher, fetch, type Response } from "undici";
import type { z } from "zod";
import { EvidenceError } from "../errors.js";
import { AskedToWait, retryAfter, Visits } from "../sources/visits.js";

/** A service that searches are asked of. */
export interface Service {
  /** What it is called in sentences. */
  readonly title: string;
  /** Milliseconds between two questions that it asks its callers to keep. */
  readonly gapMs: number;
  /** What to correct when it refuses us. */
  readonly advice: string;
}

interface ServiceRequest {
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const DEADLINE_MS = 20_000;
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;
/** For how long a service is left alone that says that it was asked too often, and not for how long. */
const REST_MS = 60_000;

/** The services of searches as one process asks them, whichever runs want to know: one question at a time each, at their pace. */
export class Services {
  readonly #visits = new Map<string, Visits>();
  readonly #userAgent: string;
  readonly #dispatcher: Dispatcher | undefined;

  /** @param o.dispatcher makes the connections, for tests */
  constructor(o: { userAgent: string; dispatcher?: Dispatcher }) {
    this.#userAgent = o.userAgent;
    this.#dispatcher = o.dispatcher;
  }

  /**
   * The text of a service's answer.
   * @throws EvidenceError `search_failed`, `asked_to_wait`, `timed_out`
   */
  async ask(service: Service, request: ServiceRequest): Promise<string> {
    const key = `${service.title} ${request.url.host}`;
    const visits = this.#visits.get(key) ?? new Visits(service.title);
    this.#visits.set(key, visits);
    try {
      return await visits.do(() => this.#ask(service, request), { gapMs: service.gapMs, signal: request.signal });
    } catch (error) {
      throw explained(service, error);
    }
  }

  /**
   * A service's answer in JSON, of the form that it documents.
   * @throws EvidenceError as `ask`, and `search_failed` for another form
   */
  async askJson<T>(service: Service, form: z.ZodType<T>, request: ServiceRequest): Promise<T> {
    const text = await this.ask(service, request);
    try {
      return form.parse(JSON.parse(text));
    } catch (error) {
      throw otherForm(service, error);
    }
  }

  async #ask(service: Service, { url, method = "GET", headers, body, signal }: ServiceRequest): Promise<string> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const response = await fetch(url, {
      method,
      headers: { ...headers, "user-agent": this.#userAgent },
      body,
      // A redirect would send the key to another place than the one that it is for.
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      dispatcher: this.#dispatcher,
    });
    if (response.ok) return await textOf(service, response);
    await response.body?.cancel();
    throw refusalOf(service, response);
  }
}

/** The error for an answer that is not what the service documents. */
export function otherForm({ title }: Service, cause?: unknown): EvidenceError {
  const message = `${title}'s answer has another form than documented: try again later.`;
  return new EvidenceError("search_failed", message, { cause });
}

async function textOf(service: Service, response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    if (!(part instanceof Uint8Array)) continue;
    size += part.length;
    if (size > LARGEST_ANSWER_BYTES) throw otherForm(service);
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

function refusalOf({ title, advice }: Service, { status, headers }: Response): EvidenceError {
  const waitMs = retryAfter(headers.get("retry-after"));
  if (status === 429) return new AskedToWait(title, waitMs ?? REST_MS);
  if (status === 503 && waitMs !== undefined) return new AskedToWait(title, waitMs);
  if (status === 401 || status === 403) return new EvidenceError("search_failed", `${title} refuses us: ${advice}.`);
  return new EvidenceError("search_failed", `${title} answered with status ${status}: try again later.`);
}

function explained({ title }: Service, error: unknown): unknown {
  if (error instanceof EvidenceError) return error;
  if (error instanceof Error && error.name === "TimeoutError")
    return new EvidenceError("timed_out", `${title} did not answer in ${DEADLINE_MS / 1000} s: try again later.`, {
      cause: error,
    });
  // Whoever gave the question up knows it.
  if (error instanceof Error && error.name === "AbortError") return error;
  return new EvidenceError("search_failed", `${title} cannot be reached: check the network.`, { cause: error });
}
