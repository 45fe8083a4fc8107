import type { WorkerEvent } from "@vibewriter/agent/host";
import type { Secrets } from "@vibewriter/backbone";
import type { Config } from "./config.js";
import type { UpstreamKeys } from "./egress.js";
import type { SearchKeys } from "./embedder/config.js";
import type { HomePaths } from "./home.js";
import type { Keys } from "./keys.js";
import type { Log } from "./log.js";
import type { NotifySecrets } from "./notify/config.js";
import type { SecretStore } from "./secrets/secret-store.js";

export interface OwnerOptions {
  readonly paths: HomePaths;
  readonly config: Config;
  readonly upstreamKeys: UpstreamKeys;
  readonly notifySecrets: NotifySecrets;
  /** What the authors' keys are encrypted under; absent: a secret that lies beside them. */
  readonly passphrase?: string;
  readonly searchKeys: SearchKeys;
  /** The secrets of the home, by name. */
  readonly store: SecretStore;
  /** It is a worker of the pool, in the foreground, and nobody's idleness ends it. */
  readonly pool?: PoolWorker;
  readonly log: Log;
  /** What is kept out of all that this process writes down or sends to a service that collects traces. */
  readonly secrets: Secrets;
  /** Asked to end, or idle; called once. */
  readonly onEnd: (why: string) => void;
}

/** A worker that serves the pool with keys of its own. */
export interface PoolWorker {
  readonly keys: Keys;
  /** How many runs it drives at once; default: as the home is configured. */
  readonly runs?: number;
  readonly onEvent: (event: WorkerEvent) => void;
}
