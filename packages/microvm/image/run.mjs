import { spawn } from "node:child_process";

/**
 * Runs a program to its end and resolves with its standard output; its lines go to `log` as they come.
 * Rejects with the last lines of its error output when it exits with anything but 0.
 */
export function run(command, args, { log = () => undefined, cwd, env, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      signal,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    const tail = [];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      for (const line of text.split(/[\r\n]+/).filter(Boolean)) {
        log(line);
        tail.push(line);
        if (tail.length > 20) tail.shift();
      }
    });
    child.once("error", (cause) => reject(new Error(`${command} could not be started: ${cause.message}`, { cause })));
    child.once("close", (code, killed) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${command} ended with ${killed ?? code}:\n${tail.join("\n")}`));
    });
  });
}
