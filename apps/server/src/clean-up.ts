import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NatsServer } from "@vibewriter/backbone";
import { MicroVMs } from "@vibewriter/microvm";
import { ServerError } from "./errors.js";
import { homePaths, makeHome } from "./home.js";
import { Janitor } from "./janitor.js";
import { OwnerLock } from "./lock.js";
import { readOwnerFile } from "./owner-file.js";

/**
 * Clears what a dead owner of `home` left: its VMs, its nats-server, its janitor, its sockets. Takes the owner's lock for as long,
 * so that no new owner starts meanwhile. Returns false, and does nothing, when a live owner has the lock.
 */
export async function cleanUpHome(home: string, options: { waitMs?: number } = {}): Promise<boolean> {
  const paths = homePaths(home);
  makeHome(paths);
  using lock = await takeLock(paths.lock, options.waitMs ?? 0);
  if (!lock) return false;
  await endJanitor(paths.owner);
  await MicroVMs.cleanUp(home);
  await NatsServer.cleanUp({ runDir: join(home, "nats") });
  await rm(paths.run, { recursive: true, force: true });
  return true;
}

/** Ends the janitor of a dead owner; the caller has the lock. */
export async function endJanitor(ownerFile: string): Promise<void> {
  const file = await readOwnerFile(ownerFile);
  if (file?.janitor && file.janitor.pid !== process.pid) await Janitor.end(file.janitor);
}

async function takeLock(path: string, waitMs: number): Promise<OwnerLock | undefined> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const lock = OwnerLock.take(path);
    if (lock || Date.now() >= deadline) return lock;
    await sleep(50);
  }
}

/** Used by a janitor: the home of its dead owner. */
export function homeArgument(argv: readonly string[]): string {
  const home = argv[2];
  if (!home) throw new ServerError("bad_request", "The path of the home is missing.");
  return home;
}
