import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, type NatsBinary } from "../../src/server/nats-binary.js";

/** The nats-server that tests run: `$NATS_SERVER_BIN`, PATH, or the one that `npm run setup` keeps. */
export async function natsBinary(): Promise<NatsBinary> {
  const found = await findNatsServer({ home: process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter") });
  if (!found) throw new Error("There is no nats-server; run `npm run setup`.");
  return found;
}

/** An empty folder that is removed at the end. */
export async function temporaryHome(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "vw-backbone-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Waits until `condition` holds; fails after `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so after ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
