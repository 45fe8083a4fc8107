import { spawn } from "node:child_process";

/**
 * Runs a program to its end and resolves with its standard output; its lines go to `log` as they come.
 * Rejects with its last lines when it exits with anything but 0; with the reason of `signal`, once it and all that it
 * started is gone, when that aborted.
 */
export function run(command, args, { log = () => undefined, cwd, env, signal } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      // A group of its own: an interrupted mmdebstrap or cargo must end with everything that it started.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => endGroup(child.pid);
    signal?.addEventListener("abort", end, { once: true });
    let stdout = "";
    let tail = [];
    const lines = (text) => {
      for (const line of text.split(/[\r\n]+/).filter((l) => l.trim())) {
        log(line);
        tail = [...tail.slice(-59), line];
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
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve(stdout);
      else reject(new Error(`${command} ended with ${killed ?? code}:\n${tail.join("\n")}`));
    });
  });
}

function endGroup(pid) {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGTERM");
  } catch (error) {
    // Gone already, or root's (sudo), which ends by itself.
    if (error.code !== "ESRCH" && error.code !== "EPERM") throw error;
  }
}
