import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Takes a lock that is a file naming its holder; waits for a living holder, takes over from a dead one.
 * `waiting(pid)` is called once if there is somebody to wait for. Resolves with the function that releases it.
 * @param {string} path
 * @param {{ signal?: AbortSignal, waiting?: (pid: number) => void }} [options]
 * @returns {Promise<() => Promise<void>>}
 */
export async function lock(path, { signal, waiting = () => undefined } = {}) {
  await mkdir(dirname(path), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid, await statOf(process.pid)) });
  const claim = `${path}.${process.pid}`;
  await writeFile(claim, mine);
  try {
    let told = false;
    for (;;) {
      signal?.throwIfAborted();
      try {
        await link(claim, path); // At once and with its whole content, or not at all.
        return () => rm(path, { force: true });
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      const holder = await readFile(path, "utf8").catch(() => "");
      const pid = await livingHolder(holder);
      if (pid === undefined) {
        // Only if it is still the dead one's: another waiter may have been faster.
        if ((await readFile(path, "utf8").catch(() => "")) === holder) await rm(path, { force: true });
        continue;
      }
      if (!told) waiting(pid);
      told = true;
      await sleep(200, undefined, { signal }).catch(() => undefined); // Interrupted: the next round says so.
    }
  } finally {
    await rm(claim, { force: true });
  }
}

async function livingHolder(text) {
  try {
    const { pid, started } = JSON.parse(text);
    return started === startOf(pid, await statOf(pid)) ? pid : undefined;
  } catch {
    return undefined; // Gone, or a file nobody can read: nobody holds it.
  }
}

const statOf = (pid) => readFile(`/proc/${pid}/stat`, "utf8");

/** Start time in clock ticks since boot, so that a reused pid is not taken for the holder. */
function startOf(pid, stat) {
  return `${pid}@${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}
