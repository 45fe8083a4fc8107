import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Health } from "./api.js";
import { VibewriterClient } from "./client.js";
import { ANOTHER_HOME, requireSpace } from "./disk.js";
import { codeOf, ServerError } from "./errors.js";
import { type HomePaths, homePaths, makeHome } from "./home.js";
import { withoutKeys } from "./keys.js";
import { StartMessage } from "./start-message.js";

export interface EnsureServerOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Told what the server is doing while it starts, once for each step. */
  readonly onStep?: (step: string) => void;
  /** Until the server must be ready, in milliseconds; the first start of a home builds VM templates. */
  readonly timeoutMs?: number;
}

/** Logs, NATS and the index write before the first request; what they cannot write they would each say in their own words. */
const SPACE_TO_START = 8 * 1024 * 1024;

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/**
 * A client of the home's server, which is started when there is none. Any number of commands may do this at once: the kernel's lock
 * lets one server live, and every command finds that one.
 */
export async function ensureServer(home: string, options: EnsureServerOptions = {}): Promise<VibewriterClient> {
  const paths = homePaths(home);
  makeHome(paths);
  const client = new VibewriterClient(paths.socket);
  const deadline = Date.now() + (options.timeoutMs ?? 300_000);
  let starting: Starting | undefined;
  let step = "";
  while (Date.now() < deadline) {
    const health = await healthOf(client);
    if (health) assertProduction(health, options.env ?? process.env);
    if (health?.state === "ready") return client;
    if (health?.state === "starting" && health.step !== step) {
      step = health.step;
      options.onStep?.(step);
    }
    if (starting?.failure) throw starting.failure;
    if (!health && (!starting || starting.ended)) {
      await requireSpace(home, SPACE_TO_START, { what: "the server", instead: ANOTHER_HOME });
      starting = startServer(paths, options.env ?? process.env);
    }
    await sleep(50);
  }
  throw new ServerError("timeout", `The server did not become ready; its log is ${paths.log}.`);
}

/** A client of the home's server if one answers; starts nothing. */
export async function findServer(home: string): Promise<VibewriterClient | undefined> {
  const client = new VibewriterClient(homePaths(home).socket);
  return (await healthOf(client)) ? client : undefined;
}

interface Starting {
  ended: boolean;
  failure: ServerError | undefined;
}

function startServer(paths: HomePaths, env: NodeJS.ProcessEnv): Starting {
  const crashLog = openSync(paths.crashLog, sizeOf(paths.crashLog) > 1024 * 1024 ? "w" : "a", 0o600);
  const child = spawn(process.execPath, ["--enable-source-maps", MAIN, paths.home], {
    cwd: paths.home,
    detached: true,
    env: { ...withoutKeys(env), VIBEWRITER_HOME: paths.home },
    stdio: ["ignore", "pipe", crashLog],
  });
  closeSync(crashLog);
  child.unref();
  return watchStart(child, paths);
}

/** The child says once, on its standard output, how its start went; the pipe must not keep this process alive. */
function watchStart(child: ChildProcess, paths: HomePaths): Starting {
  const starting: Starting = { ended: false, failure: undefined };
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  if (child.stdout && "unref" in child.stdout && typeof child.stdout.unref === "function") child.stdout.unref();
  child.once("error", (cause) => {
    starting.failure = new ServerError("start_failed", "The server cannot be started; run `vibewriter doctor`.", {
      cause,
    });
  });
  child.once("close", () => {
    starting.ended = true;
    const message = StartMessage.read(said);
    if (message?.state === "failed") starting.failure = new ServerError(message.code, message.message);
    else if (!message)
      starting.failure = new ServerError("start_failed", `The server ended while it started; see ${paths.crashLog}.`);
  });
  return starting;
}

/** Who asks for production mode must not be served by a server that was started without it. */
function assertProduction({ production }: Health, env: NodeJS.ProcessEnv): void {
  if (production || env.VIBEWRITER_PRODUCTION !== "1") return;
  const text = "The server of this home runs without production mode; run `vibewriter stop`, then the command again.";
  throw new ServerError("isolation_refused", text);
}

async function healthOf(client: VibewriterClient) {
  try {
    return await client.health();
  } catch (error) {
    if (error instanceof ServerError && error.code === "unreachable") return undefined;
    throw error;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return 0;
    throw error;
  }
}
