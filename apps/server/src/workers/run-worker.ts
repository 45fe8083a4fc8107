import type { WorkerEvent } from "@vibewriter/agent/host";

import { ServerError } from "../errors.js";
import { keysOf, withoutKeys } from "../keys.js";
import { ownHome } from "../own-home.js";

export interface RunWorkerOptions {
  readonly home: string;
  /** The worker's own environment, with the keys that it serves the pool with. */
  readonly env: NodeJS.ProcessEnv;
  /** How many runs it drives at once; default: as the home is configured. */
  readonly runs?: number;
  /** It is there: told who it is and what it serves. */
  readonly onReady: () => void;
  readonly onEvent: (event: WorkerEvent) => void;
}

/**
 * Owns a home in this process, in the foreground, as a worker of the pool at NATS_URL, until a signal or `vibewriter stop` ends it; what it
 * drives is handed back then. The caller's process has to end afterwards.
 * @throws ServerError `already_owned` if a server of this home runs
 */
export async function runWorker(o: RunWorkerOptions): Promise<void> {
  process.umask(0o077);
  const keys = keysOf(o.env);
  // No program that is started from here has them.
  for (const name of Object.keys(process.env)) if (!(name in withoutKeys(process.env))) delete process.env[name];
  const pool = { keys, runs: o.runs, onEvent: o.onEvent };
  if ((await ownHome({ home: o.home, env: process.env, pool, onReady: o.onReady })) === "ended") return;
  const text = `A server of ${o.home} runs already; run \`vibewriter stop\` first, or give the worker a home of its own in VIBEWRITER_HOME.`;
  throw new ServerError("already_owned", text);
}

export type { WorkerEvent } from "@vibewriter/agent/host";
