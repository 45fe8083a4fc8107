import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = fileURLToPath(new URL("../../apps/cli/bin/vibewriter.mjs", import.meta.url));

/** What a finished command left: its exit code (null after a signal) and its whole output. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `vibewriter ...args` on `home` to its end; killed after `timeoutMs` (default 180 s). */
export async function cli(
  home: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<Finished> {
  return finished(start(home, args, options.env), options.timeoutMs ?? 180_000);
}

/** Starts `vibewriter ...args` on `home`, with no key of any model in its environment. */
export function start(
  home: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdin: "ignore" | "pipe" = "ignore",
): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    env: environmentOf(home, env),
    stdio: [stdin, "pipe", "pipe"],
  });
}

/** What a command on `home` finds in its environment. */
export function environmentOf(home: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { ANTHROPIC_API_KEY: _a, OPENAI_API_KEY: _o, TAVILY_API_KEY: _t, ...rest } = process.env;
  return { ...rest, NO_COLOR: "1", ...env, VIBEWRITER_HOME: home };
}

/** Waits for a started command to end and collects its output. */
export function finished(child: ChildProcess, timeoutMs: number): Promise<Finished> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`The command ran for more than ${timeoutMs} ms.\n${stdout}\n${stderr}`));
    }, timeoutMs);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
