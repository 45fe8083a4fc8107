import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findServer } from "./ensure-server.js";
import { ServerError } from "./errors.js";
import { type HomePaths, homePaths } from "./home.js";
import { readOwnerFile } from "./owner-file.js";
import { isAlive, type ProcessIdentity } from "./process-identity.js";

/** What an orderly end may take: runs, VMs and nats-server are ended first. */
const ORDERLY_MS = 90_000;
const GRACE_MS = 5_000;

/**
 * Ends the home's server and waits until it is gone; then, or when it was dead already, clears what a killed one left. Returns
 * whether there was anything. A server that answers nobody is ended the hard way.
 */
export async function stopServer(home: string): Promise<"stopped" | "nothing"> {
  const paths = homePaths(home);
  if (!existsSync(paths.home)) return "nothing";
  const found = existsSync(paths.run);
  await endOwner(paths);
  const { cleanUpHome } = await import("./clean-up.js");
  if (await cleanUpHome(home, { waitMs: GRACE_MS })) return found ? "stopped" : "nothing";
  throw new ServerError("conflict", "Another command has started the server again; run `vibewriter stop` once more.");
}

async function endOwner(paths: HomePaths): Promise<void> {
  const owner = (await readOwnerFile(paths.owner))?.owner;
  const asked = await ask(paths.home);
  if (!owner) return;
  if (asked && (await isGone(owner, ORDERLY_MS))) return;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!(await isAlive(owner))) return;
    process.kill(owner.pid, signal);
    if (await isGone(owner, GRACE_MS)) return;
  }
}

/** Whether the server heard the request. */
async function ask(home: string): Promise<boolean> {
  try {
    const client = await findServer(home);
    await client?.stop();
    return client !== undefined;
  } catch (error) {
    // One that answers nothing, or as no server of this version does, is ended by a signal.
    if (error instanceof ServerError) return false;
    throw error;
  }
}

async function isGone(owner: ProcessIdentity, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(25)) {
    if (!(await isAlive(owner))) return true;
  }
  return false;
}
