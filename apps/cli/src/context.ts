import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureServer, homeOf, type VibewriterClient } from "@vibewriter/server";
import type { Terminal } from "./terminal.js";

/** The root of the repository. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** What a command works with. */
export interface Context {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths are the person's: against the folder in which they typed. */
  readonly cwd: string;
  readonly terminal: Terminal;
}

/** The context of this process. */
export function contextOf(env: NodeJS.ProcessEnv, terminal: Terminal): Context {
  return { home: homeOf(env), env, cwd: typedIn(env), terminal };
}

/** The client of the home's server, which is started when there is none. */
export function connect(context: Context): Promise<VibewriterClient> {
  return ensureServer(context.home, { env: context.env, onStep: (step) => context.terminal.note(step) });
}

/** `npm run` changes to the root of the package and names the folder it was called in. */
function typedIn(env: NodeJS.ProcessEnv): string {
  return env.INIT_CWD && process.cwd() === ROOT ? env.INIT_CWD : process.cwd();
}
