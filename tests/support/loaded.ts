import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "./cli.js";

/** Writes the address of each module to standard error while it is loaded. */
const HOOKS = `
  import { writeSync } from "node:fs";
  export const load = (url, context, next) => {
    writeSync(2, "loads " + url + "\\n");
    return next(url, context);
  };`;
const REGISTER = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(HOOKS))});`;

/** Runs a program of the repository to its end, and gives its output and the paths in the repository of all modules that it has loaded. */
export async function loadedBy(program: string, ...args: string[]): Promise<{ stdout: string; modules: string[] }> {
  const run = [process.execPath, "--import", dataUrl(REGISTER), program, ...args] as const;
  const { stdout, stderr } = await promisify(execFile)(run[0], run.slice(1), {
    cwd: ROOT,
    maxBuffer: 16 * 1024 * 1024,
  });
  const ours = `loads file://${ROOT}`;
  const lines = stderr.split("\n").filter((line) => line.startsWith(ours));
  return { stdout, modules: lines.map((line) => line.slice(ours.length)) };
}

function dataUrl(program: string): string {
  return `data:text/javascript,${encodeURIComponent(program)}`;
}
