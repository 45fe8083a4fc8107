import { readConfig } from "./config.js";
import { takeUpstreamKeys } from "./egress.js";
import { codeOf, messageOf, ServerError } from "./errors.js";
import { homePaths, makeHome } from "./home.js";
import { inOurWords } from "./in-our-words.js";
import { OwnerLock } from "./lock.js";
import { Log } from "./log.js";
import { takeNotifySecrets } from "./notify/config.js";
import { Owner } from "./owner.js";
import { StartMessage } from "./start-message.js";
import { openTracing } from "./telemetry/tracing.js";

/** Longer than any clean end takes; then the process goes, and the next owner clears up. */
const STOP_DEADLINE_MS = 60_000;

process.umask(0o077);
process.exit(await main(process.argv[2]));

/** Owns the home until it is told to end or has been idle for long; returns the exit code. */
async function main(home: string | undefined): Promise<number> {
  if (!home) throw new ServerError("bad_request", "The path of the home is missing.");
  const paths = homePaths(home);
  makeHome(paths);
  using lock = OwnerLock.take(paths.lock);
  if (!lock) {
    StartMessage.write({ state: "owned" });
    return 0;
  }
  await using log = new Log(paths.log);
  try {
    const upstreamKeys = takeUpstreamKeys(process.env);
    const notifySecrets = takeNotifySecrets(process.env);
    const config = await readConfig(paths.config, process.env);
    let end: (why: string) => void = () => undefined;
    const ending = new Promise<string>((resolve) => {
      end = resolve;
    });
    await using _tracing = await openTracing(process.env, log);
    await using owner = new Owner({ paths, config, upstreamKeys, notifySecrets, log, onEnd: end });
    listenForTrouble(end, log);
    await owner.open();
    StartMessage.write({ state: "ready" });
    log.write("info", "ready", { pid: process.pid });
    log.write("info", "ending", { why: await ending });
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS);
    return 0;
  } catch (error) {
    log.write("error", "start failed", { code: codeOf(error), error: messageOf(error) });
    const failure = inOurWords(error);
    StartMessage.write({ state: "failed", code: codeOf(failure), message: messageOf(failure) });
    return 1;
  }
}

function listenForTrouble(end: (why: string) => void, log: Log): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(signal));
  // A terminal that closes is not a reason to end: the server belongs to nobody's terminal.
  process.on("SIGHUP", () => log.write("info", "ignored", { signal: "SIGHUP" }));
  process.on("unhandledRejection", (reason) => {
    log.write("error", "unhandled rejection", {
      error: messageOf(reason),
      stack: reason instanceof Error ? reason.stack : undefined,
    });
  });
  process.on("uncaughtException", (error) => {
    log.write("error", "uncaught exception", { error: error.message, stack: error.stack });
    end("uncaught exception");
  });
}
