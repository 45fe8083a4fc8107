import type { Isolation } from "@vibewriter/microvm";
import type { SandboxBackendProtocolV2 } from "deepagents";
import type { ModelEnvironment } from "../models/model.js";

/** Who keeps an agent's programs in: this machine's processor, an emulator on it, or a service that runs them on machines of its own. */
export type SandboxIsolation = Isolation | "remote";

/**
 * Makes or finds the sandbox of an agent: any sandbox of deepagents. Asked again for the same agent, it gives the one with the files that
 * the agent left there. `keys` are those that came with the run, and are kept for it alone.
 */
export type CreateSandbox = (
  agentId: string,
  keys: ModelEnvironment,
) => SandboxBackendProtocolV2 | Promise<SandboxBackendProtocolV2>;
