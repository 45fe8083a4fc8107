import { execFile, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a program is, or `undefined`. Also looks where Debian keeps programs of root, Go and Rust theirs. */
export function which(program, env = process.env) {
  const home = env.HOME ?? homedir();
  const extra = ["/usr/sbin", "/sbin", "/usr/local/go/bin", join(home, ".cargo/bin"), join(home, "go/bin")];
  for (const folder of [...(env.PATH ?? "").split(delimiter).filter(Boolean), ...extra]) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The first version number that `path args` prints, as numbers and as text; `undefined` if it does not run. */
export function versionOf(path, args = ["--version"], env = process.env) {
  return new Promise((resolve) => {
    execFile(path, args, { timeout: 10_000, env }, (error, stdout) => {
      const text = error ? undefined : /(\d+)\.(\d+)(\.\d+)?\S*/.exec(stdout)?.[0];
      resolve(
        text && { text: text.replace(/[),]+$/, ""), numbers: text.split(".").map((part) => Number.parseInt(part, 10)) },
      );
    });
  });
}

/** True if `numbers` is `wanted` or later, by major and minor. */
export function atLeast(numbers, wanted) {
  return numbers[0] > wanted[0] || (numbers[0] === wanted[0] && numbers[1] >= wanted[1]);
}

/**
 * Runs a program to its end and resolves with its standard output; each line it writes goes to `log`. Rejects with its
 * last lines when it exits with anything but 0; with the reason of `signal`, once it and all that it started is gone,
 * when that aborted.
 * @param {string} command
 * @param {string[]} args
 * @param {{ log?: (line: string) => void, cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, { log = () => undefined, cwd, env, signal } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      // A group of its own: an interrupted npm or cargo must end with everything that it started.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => child.pid !== undefined && signalGroup(child.pid, "SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    let stdout = "";
    let tail = [];
    const lines = (text) => {
      for (const line of text.split(/[\r\n]+/).filter((l) => l.trim())) {
        log(line);
        tail = [...tail.slice(-19), line];
      }
    };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      lines(text);
    });
    child.stderr.setEncoding("utf8").on("data", lines);
    child.once("error", (cause) => reject(new Error(`${command} could not be started: ${cause.message}`, { cause })));
    child.once("close", (code, killed) => {
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) groupGone(child.pid).then(() => reject(signal.reason), reject);
      else if (code === 0) resolve(stdout);
      else reject(new Error(`${command} ended with ${killed ?? code}:\n${tail.join("\n")}`));
    });
  });
}

/** How long interrupted programs may take to clean up: mmdebstrap takes down a whole file system. */
const CLEAN_UP_MS = 12_000;

async function groupGone(pid) {
  const until = Date.now() + CLEAN_UP_MS;
  while (signalGroup(pid, 0)) {
    if (Date.now() > until) return void signalGroup(pid, "SIGKILL");
    await sleep(50);
  }
}

/** `false` if nothing of the group is left that we may signal. */
function signalGroup(pid, name) {
  try {
    process.kill(-pid, name);
    return true;
  } catch (error) {
    // Gone, or root's (sudo), which ends by itself.
    if (error.code !== "ESRCH" && error.code !== "EPERM") throw error;
    return false;
  }
}
