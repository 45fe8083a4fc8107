import type { Runloop } from "@runloop/api-client";
import { AgentError } from "../../errors.js";
import { runloopError } from "./errors.js";

type DevboxView = Runloop.DevboxView;
type Status = DevboxView["status"];

/** What tells the devbox of an agent from all others of an account. */
export interface DevboxOwner {
  /** The home that the agent belongs to. */
  readonly scope: string;
  readonly agentId: string;
}

export interface DevboxOptions extends DevboxOwner {
  /** The name of a blueprint; absent: Runloop's own image. */
  readonly blueprint?: string;
  /** After so long without a command Runloop suspends it: its disk stays, and nothing but that is paid for. */
  readonly idleSeconds: number;
  /** For booting, resuming and suspending, each. */
  readonly readyMs: number;
}

/** Those in which a devbox is still its agent's, those that need the least first. */
const alive: readonly Status[] = [
  "running",
  "resuming",
  "initializing",
  "provisioning",
  "queued",
  "suspending",
  "suspended",
];
const pageSize = 100;

/**
 * The devbox of an agent, running: the one it has had, resumed if it was suspended, else a new one. Asked twice at once from two
 * processes, there may be two; the older one is the agent's from then on. Throws AgentError.
 */
export async function openDevbox(client: Runloop, o: DevboxOptions): Promise<DevboxView> {
  const found = (await findDevbox(client, o)) ?? (await createDevbox(client, o));
  return await untilRunning(client, found.id, o.readyMs);
}

/** Brings a devbox that is there to run. Throws AgentError `sandbox_failed` for one that has ended: its files went with it. */
export async function untilRunning(client: Runloop, id: string, readyMs: number): Promise<DevboxView> {
  const wait = { longPoll: { timeoutMs: readyMs } };
  try {
    let devbox = await client.devboxes.retrieve(id);
    if (devbox.status === "suspending") devbox = await client.devboxes.awaitSuspended(id, wait);
    if (devbox.status === "suspended") devbox = await client.devboxes.resume(id);
    if (devbox.status === "failure" || devbox.status === "shutdown") throw ended(devbox);
    return devbox.status === "running" ? devbox : await client.devboxes.awaitRunning(id, wait);
  } catch (error) {
    if (error instanceof Error && /non-(running|suspended) state/.test(error.message))
      throw ended(await client.devboxes.retrieve(id), error);
    throw runloopError(error, "starting the devbox");
  }
}

async function findDevbox(client: Runloop, owner: DevboxOwner): Promise<DevboxView | undefined> {
  const mine: DevboxView[] = [];
  try {
    for (const status of alive) {
      // The API lists by status only.
      for await (const devbox of client.devboxes.list({ status, limit: pageSize, include_total_count: false }))
        if (isOf(devbox, owner)) mine.push(devbox);
    }
  } catch (error) {
    throw runloopError(error, "looking for the agent's devbox");
  }
  return mine.sort((a, b) => a.create_time_ms - b.create_time_ms)[0];
}

function isOf({ metadata }: DevboxView, { scope, agentId }: DevboxOwner): boolean {
  return metadata.vibewriter_scope === scope && metadata.vibewriter_agent === agentId;
}

async function createDevbox(client: Runloop, o: DevboxOptions): Promise<DevboxView> {
  try {
    return await client.devboxes.create({
      name: `vibewriter-${o.agentId}`,
      metadata: { vibewriter_scope: o.scope, vibewriter_agent: o.agentId },
      blueprint_name: o.blueprint,
      launch_parameters: {
        // As in a VM of ours, the agent's folders lie in the root: /workspace, /skills, /memories.
        user_parameters: { username: "root", uid: 0 },
        lifecycle: { after_idle: { idle_time_seconds: o.idleSeconds, on_idle: "suspend" } },
      },
    });
  } catch (error) {
    // An answer that was lost may have been that it was made.
    const made = await findDevbox(client, o);
    if (made !== undefined) return made;
    throw runloopError(error, "making a devbox");
  }
}

function ended(devbox: DevboxView, cause?: unknown): AgentError {
  const why = devbox.failure_reason ?? devbox.shutdown_reason ?? "no reason is given";
  const text = `The devbox ${devbox.id} has ended (${devbox.status}: ${why}), and the files of the run with it; start the run anew.`;
  return new AgentError("sandbox_failed", text, { cause });
}
