import type { Keys, VibewriterClient } from "@vibewriter/server";

/** What the tools stand on. */
export interface McpContext {
  /** The client of the home's server, which is started if there is none: it may have ended for idleness since the last call. */
  connect(): Promise<VibewriterClient>;
  /** Drafts and sources are below it; absolute. */
  readonly folder: string;
  /** Where the folders of runs are made; absolute. */
  readonly out: string;
  /** Who publishes: an author of the home, or a new one. The person names him, and no client: an author is an account that is paid. */
  readonly author: string | undefined;
  /** Of this process's environment: what the sandbox of a run may need. */
  readonly keys: Keys;
  /** What the person should know and the client should not. */
  readonly onTrouble: (message: string) => void;
}
