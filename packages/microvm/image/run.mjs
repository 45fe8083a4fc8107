import { spawn } from "node:child_process";

/**
 * Runs a program to its end and returns what it wrote to stdout. Its stderr goes to `log` line by line.
 * Throws an Error with the end of stderr when the program fails or cannot be started.
 */
export function run(command, args, { log, cwd, env, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, signal, stdio: ["ignore", "pipe", "pipe"] });
    const out = [];
    let err = "";
    child.stdout.on("data", (bytes) => out.push(bytes));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      err = (err + text).slice(-4_000);
      for (const line of text.split("\n")) if (line.trim() !== "") log?.(line.trimEnd());
    });
    child.on("error", (cause) => {
      const hint =
        cause.code === "ENOENT"
          ? `${command} is not installed; install it and try again.`
          : `${command} could not run.`;
      reject(new Error(hint, { cause }));
    });
    child.on("close", (code, name) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      reject(new Error(`${command} failed (${name ?? code}): ${err.trim() || "it said nothing"}`));
    });
  });
}
