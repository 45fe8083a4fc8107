import { type IncomingMessage, request } from "node:http";
import { dial } from "../../client/dial.js";
import { MicroVMError } from "../../errors.js";
import { type AnswerOf, apiError, type BodyOf, type OperationId, operations } from "./api.js";

/** Firecracker answers in a millisecond; one on a busy host is given time. */
const answerMs = 10_000;
/** The longest answer that there is, a whole configuration, takes a few thousand bytes. */
const maxAnswerBytes = 262_144;
const maxFaultLength = 500;

/** A request that Firecracker refused, with its own words, or did not answer as its documentation says. */
export class ApiFault extends MicroVMError {
  readonly operation: OperationId;
  /** The HTTP status; absent: there was no whole answer. */
  readonly status?: number;

  constructor(operation: OperationId, why: string, o: { status?: number; cause?: unknown } = {}) {
    super("internal", `Firecracker failed at ${operation}: ${why}; start the VM again.`, { cause: o.cause });
    this.operation = operation;
    this.status = o.status;
  }
}

/** Firecracker's API on its unix socket. Every call has a deadline, and every answer a length and a schema. */
export class FirecrackerApi {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Waits until the API takes connections. Throws MicroVMError `connection_lost`. */
  async ready(o: { deadlineMs: number; isDoomed: () => boolean }): Promise<void> {
    const socket = await dial(this.#socketPath, Date.now() + o.deadlineMs, o.isDoomed);
    socket.destroy();
  }

  /** Throws ApiFault. */
  async call<O extends OperationId>(
    operation: O,
    ...[body, o]: BodyOf<O> extends undefined ? [] : [body: BodyOf<O>, o?: { deadlineMs: number }]
  ): Promise<AnswerOf<O>> {
    const { method, answer } = operations[operation];
    // The table pairs each path with the body it is made of.
    const path = (operations[operation].path as (body: unknown) => string)(body);
    const { status, text } = await this.#exchange(operation, {
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
      deadlineMs: o?.deadlineMs ?? answerMs,
    });
    if (status >= 400) throw new ApiFault(operation, fault(text), { status });
    const parsed = answer.safeParse(status === 204 ? undefined : parseJson(text));
    if (status > 204 || !parsed.success) {
      throw new ApiFault(operation, `it answered ${status} with something else than is documented`, { status });
    }
    return parsed.data as AnswerOf<O>;
  }

  async #exchange(
    operation: OperationId,
    o: { method: string; path: string; body?: string; deadlineMs: number },
  ): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(o.deadlineMs);
    try {
      return await new Promise((resolve, reject) => {
        const { method, path } = o;
        const headers = { accept: "application/json", "content-type": "application/json" };
        const sent = request({ socketPath: this.#socketPath, method, path, headers, agent: false, signal });
        sent.once("error", reject);
        sent.once("response", (response) => {
          const status = response.statusCode ?? 0;
          bounded(response).then((text) => resolve({ status, text }), reject);
        });
        sent.end(o.body);
      });
    } catch (cause) {
      if (cause instanceof AnswerTooLong) throw new ApiFault(operation, cause.message, { cause });
      const why = signal.aborted ? `no answer within ${o.deadlineMs / 1_000} s` : "the connection was lost";
      throw new ApiFault(operation, why, { cause });
    }
  }
}

class AnswerTooLong extends Error {}

async function bounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > maxAnswerBytes) throw new AnswerTooLong(`its answer is longer than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function fault(text: string): string {
  const parsed = apiError.safeParse(parseJson(text));
  const words = parsed.success ? parsed.data.fault_message : text;
  // It may repeat what a guest made up; it goes to a terminal.
  return (
    words
      .replaceAll(/[^\x20-\x7e]/g, " ")
      .replace(/\.$/, "")
      .slice(0, maxFaultLength) || "no reason was given"
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
