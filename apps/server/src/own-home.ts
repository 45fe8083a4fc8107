import { join } from "node:path";
import { Secrets } from "@vibewriter/backbone";
import { readConfig } from "./config.js";
import { takeUpstreamKeys } from "./egress.js";
import { takeSearchKeys } from "./embedder/config.js";
import { codeOf, messageOf } from "./errors.js";
import { homePaths, makeHome } from "./home.js";
import { inOurWords } from "./in-our-words.js";
import { OwnerLock } from "./lock.js";
import { Log } from "./log.js";
import { takeNotifySecrets } from "./notify/config.js";
import { Owner } from "./owner.js";
import type { PoolWorker } from "./owner-options.js";
import { takePassphrase } from "./passphrase.js";
import { nameIn } from "./secrets/reference.js";
import { SecretStore } from "./secrets/secret-store.js";
import { openTracing } from "./telemetry/tracing.js";

export interface OwnHomeOptions {
  readonly home: string;
  /** What is taken out of it, no child of this process gets. */
  readonly env: NodeJS.ProcessEnv;
  /** It is in the foreground as a worker of the pool, and does not end for idleness. */
  readonly pool?: PoolWorker;
  readonly onReady: () => void;
}

/** Longer than any clean end takes; then the process goes, and the next owner clears up. */
const STOP_DEADLINE_MS = 60_000;

/**
 * Owns a home until it is told to end or has been idle for long; the caller's process ends then. Returns "owned" at once if another process
 * owns it.
 */
export async function ownHome(o: OwnHomeOptions): Promise<"owned" | "ended"> {
  const paths = homePaths(o.home);
  makeHome(paths);
  using lock = OwnerLock.take(paths.lock);
  if (!lock) return "owned";
  const secrets: Secrets = new Secrets({
    onFound: ({ name, where }) => log.write("warn", "secret kept out", { secret: name, where }),
  });
  await using log = new Log(paths.log, { redact: (line) => secrets.screen(line, "log") });
  try {
    const passphrase = await takePassphrase(o.env);
    if (passphrase !== undefined) secrets.register("keystore-passphrase", passphrase);
    const store = await SecretStore.open({ folder: join(paths.home, "keys"), passphrase, secrets });
    const upstreamKeys = takeUpstreamKeys(o.env);
    const onMissing = (name: string) =>
      log.write("warn", "secret missing", { secret: name, to: "vibewriter secrets set" });
    const notifySecrets = store.resolveAll(takeNotifySecrets(o.env), onMissing);
    const taken = takeSearchKeys(o.env);
    const services = store.resolveAll(taken.services, onMissing);
    const searchKeys = { ...store.resolveAll(taken, onMissing), services };
    for (const [name, key] of Object.entries({ ...searchKeys, ...services })) {
      if (typeof key === "string") secrets.register(`search-key-${name}`, key);
    }
    for (const [name, value] of upstreamKeys)
      if (nameIn(value) === undefined) secrets.register(`upstream-${name}`, value);
    const config = await readConfig(paths.config, o.env);
    log.level = config.logLevel;
    let end: (why: string) => void = () => undefined;
    const ending = new Promise<string>((resolve) => {
      end = resolve;
    });
    await using _tracing = await openTracing(o.env, log);
    await using owner = new Owner({
      paths,
      config,
      upstreamKeys,
      notifySecrets,
      searchKeys,
      store,
      passphrase,
      pool: o.pool,
      secrets,
      log,
      onEnd: end,
    });
    listenForTrouble(end, log);
    await owner.open();
    o.onReady();
    log.write("info", "ready", { pid: process.pid });
    log.write("info", "ending", { why: await ending });
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    return "ended";
  } catch (error) {
    log.write("error", "start failed", { code: codeOf(error), error: messageOf(error) });
    throw inOurWords(error);
  }
}

function listenForTrouble(end: (why: string) => void, log: Log): void {
  let isEnding = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // Who presses Ctrl-C once more does not want to wait; the next owner clears up.
      if (isEnding && signal === "SIGINT") process.exit(130);
      isEnding = true;
      end(signal);
    });
  }
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
