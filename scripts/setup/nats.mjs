import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { install } from "./debian.mjs";
import { SetupError } from "./errors.mjs";
import { NATS, NATS_AT_LEAST } from "./pins.mjs";
import { atLeast, run, versionOf, which } from "./shell.mjs";

const KIND = "nats-server";
const PROGRAM = "nats-server";

/** A nats-server of the full tier; Debian's own, which is older, only where no other can be had. */
export const natsStep = {
  name: "nats-server",
  async current({ env, cache, previous }) {
    if (env.NATS_URL && !env.NATS_SERVER_BIN) return { server: null };
    if (env.NATS_SERVER_BIN) return { server: await named(env.NATS_SERVER_BIN) };
    const installed = await inspect(which(PROGRAM, env));
    if (installed?.tier === "full") return { server: installed };
    const kept = await cache.find(KIND, NATS.version);
    const cached = kept && (await inspect(join(kept, PROGRAM)));
    if (cached) return { server: cached };
    // Where the last set-up could get nothing better, a hook does not try again each time; `npm run setup` does.
    const isHook = env.npm_lifecycle_event?.startsWith("pre");
    return installed && isHook && previous?.natsServer?.path === installed.path ? { server: installed } : undefined;
  },
  async make(context, { log, signal }) {
    const failures = [];
    for (const way of [byGo, byDownload]) {
      try {
        const folder = await context.cache.make(KIND, NATS.version, (work) => way(context, work, { log, signal }));
        const server = await inspect(join(folder, PROGRAM));
        if (server) return { server };
        failures.push("what came does not run");
      } catch (error) {
        signal.throwIfAborted();
        log(error.message);
        failures.push(error.message.split("\n").at(-1));
      }
    }
    return { server: await byDebian(context, failures, { log, signal }) };
  },
};

/** `{ path, version, tier }` of a nats-server that runs, else `undefined`. */
export async function inspect(path) {
  const version = path && (await versionOf(path));
  return (
    version && { path, version: version.text, tier: atLeast(version.numbers, NATS_AT_LEAST) ? "full" : "degraded" }
  );
}

async function named(path) {
  const found = await inspect(path);
  if (found) return found;
  throw new SetupError(
    3,
    `NATS_SERVER_BIN names ${path}, which is not a nats-server that runs; correct it or unset it.`,
  );
}

/** The module's content is checked by Go itself against the public checksum database. */
async function byGo({ env }, work, { log, signal }) {
  const go = which("go", env);
  if (!go) throw new Error("there is no Go");
  await run(go, ["install", "-trimpath", `${NATS.module}@v${NATS.version}`], {
    cwd: work, // Not in a module of somebody's.
    env: { ...env, GOBIN: work, GOFLAGS: "", GOOS: "", GOARCH: "", CGO_ENABLED: "0" },
    log,
    signal,
  });
}

async function byDownload(_context, work, { log, signal }) {
  const url = NATS.archive(NATS.version);
  const archive = join(work, "archive.tar.gz");
  log(`downloading ${url}`);
  await download(url, archive, NATS.sha256, signal);
  await run("tar", ["-xzf", archive, "-C", work, "--strip-components=1", "--wildcards", `*/${PROGRAM}`], {
    log,
    signal,
  });
  await rm(archive);
  await chmod(join(work, PROGRAM), 0o755);
}

/** Fetches a file and checks its sha-256; nothing is left of a wrong one. */
export async function download(url, path, sha256, signal) {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(300_000)]);
  try {
    const response = await fetch(url, { signal: deadline });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    const hash = createHash("sha256");
    const counted = async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(path), { signal: deadline });
    const found = hash.digest("hex");
    if (found !== sha256) throw new Error(`${url} has the sha-256 ${found}, expected ${sha256}; it was not used`);
  } catch (error) {
    await rm(path, { force: true });
    const why = error.cause?.code ?? error.cause?.message ?? error.message;
    throw error.message.startsWith(url) ? error : new Error(`${url} could not be fetched: ${why}`, { cause: error });
  }
}

async function byDebian(context, failures, { log, signal }) {
  const wanted = { package: "nats-server", what: "nats-server 2.12 or later" };
  try {
    const there = await inspect(which(PROGRAM, context.env));
    if (!there) await install(context, [wanted], { log, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new SetupError(3, `nats-server could not be had: ${[...failures, cause.message].join("; ")}`, { cause });
  }
  const found = await inspect(which(PROGRAM, context.env));
  if (!found) throw new SetupError(3, `nats-server could not be had: ${failures.join("; ")}. Set NATS_SERVER_BIN.`);
  context.notes.push(
    `nats-server ${found.version} is older than ${NATS_AT_LEAST.join(".")}: the degraded tier. ${failures.join("; ")}`,
  );
  return found;
}
