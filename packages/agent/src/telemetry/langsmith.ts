import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { Client } from "langsmith";
import type { ModelEnvironment } from "../models/model.js";
import { redacted } from "./redacted.js";

/** How long the end of a drive waits for what is still to be sent. */
const FLUSH_MS = 5_000;
/** One request. */
const TIMEOUT_MS = 10_000;

/** Tracing of one drive at LangSmith. */
export interface LangSmithTracing {
  readonly callbacks: LangChainTracer[];
  /** Resolves when all is sent, or after five seconds. Never rejects: no run fails because of its traces. */
  flush(): Promise<void>;
}

const OFF: LangSmithTracing = { callbacks: [], flush: async () => undefined };

/**
 * Traces go to LangSmith when `LANGSMITH_TRACING=true` and a `LANGSMITH_API_KEY` came with the run. They hold what the run works with: that is
 * what they are for. Secrets are taken out here, before anything is sent.
 */
export function langSmith(env: ModelEnvironment, redact: (text: string) => string): LangSmithTracing {
  const { LANGSMITH_API_KEY: apiKey, LANGSMITH_ENDPOINT: apiUrl, LANGSMITH_PROJECT: projectName } = env;
  if (env.LANGSMITH_TRACING !== "true" || !apiKey) return OFF;
  // Versions and variables of this process are nobody's business.
  const options = { apiKey, apiUrl, timeout_ms: TIMEOUT_MS, omitTracedRuntimeInfo: true };
  const client = new RedactingClient(options, redact);
  return {
    callbacks: [new LangChainTracer({ client, projectName: projectName || "vibewriter" })],
    flush: () => atMost(FLUSH_MS, client.awaitPendingTraceBatches()),
  };
}

type NewRun = Parameters<Client["createRun"]>[0];
type RunChange = Parameters<Client["updateRun"]>[1];

/** Not the client's `anonymizer`: that sees inputs, outputs and metadata to a bounded depth, but neither events, tags nor names. */
class RedactingClient extends Client {
  readonly #redact: (text: string) => string;

  constructor(options: ConstructorParameters<typeof Client>[0], redact: (text: string) => string) {
    super(options);
    this.#redact = redact;
  }

  override createRun(run: NewRun, options?: Parameters<Client["createRun"]>[1]): Promise<void> {
    return super.createRun(redacted(run, this.#redact), options);
  }

  override updateRun(id: string, run: RunChange, options?: Parameters<Client["updateRun"]>[2]): Promise<void> {
    return super.updateRun(id, redacted(run, this.#redact), options);
  }
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), timeout]); // What LangSmith did not take is lost, and nothing else.
  clearTimeout(timer);
}
