// Servers of a benchmark's own: on a free port of the loopback, with their data in a temporary folder, every commit on the disk before
// it is acknowledged. `close()` ends the process and removes the folder.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const startMs = 20_000;

/** A nats-server with JetStream that syncs every write. */
export async function startNats() {
  const binary = await natsBinary();
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-nats-"));
  const port = await freePort();
  const config = join(folder, "nats.conf");
  const store = JSON.stringify(join(folder, "data"));
  await writeFile(config, `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${store}, sync_interval: always }\n`);
  const server = await startProcess("nats-server", folder, binary, ["-c", config], () => listens(port));
  return { ...server, url: `nats://127.0.0.1:${port}` };
}

/** A PostgreSQL with `fsync` and `synchronous_commit` on, or the reason why there is none. */
export async function startPostgres() {
  const binaries = postgresBinaries();
  if (binaries === undefined) return { reason: "no PostgreSQL is installed (Debian: apt-get install postgresql)" };
  const user = await ordinaryUser();
  if (user === undefined) return { reason: "PostgreSQL refuses to run as root, and there is no user to run it as" };
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  try {
    if (user.prefix.length > 0) await chown(folder, user.uid, user.gid);
    await run(...user.command(join(binaries, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"]));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    fsync: "on",
    synchronous_commit: "on",
    max_connections: 50,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [file, words] = user.command(join(binaries, "postgres"), ["-D", data, ...flags]);
  const isReady = () => run(join(binaries, "pg_isready"), ["-h", "127.0.0.1", "-p", port]).then(isTrue, isFalse);
  const server = await startProcess("PostgreSQL", folder, file, words, isReady);
  return { ...server, url: `postgresql://bench@127.0.0.1:${port}/postgres` };
}

const isTrue = () => true;
const isFalse = () => false;

async function startProcess(name, folder, file, words, isReady) {
  const child = spawn(file, words, { stdio: ["ignore", "ignore", "pipe"], cwd: folder });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log = `${log}${chunk}`.slice(-2_000);
  });
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGINT");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + startMs;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await close();
      throw new Error(`${name} did not start: ${log}`);
    }
    await delay(50);
  }
  return { folder, close };
}

function postgresBinaries() {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((version) => join(root, version, "bin")), ...(process.env.PATH ?? "").split(":")];
  return places.find((place) => existsSync(join(place, "initdb")) && existsSync(join(place, "postgres")));
}

/** Who PostgreSQL runs as: whoever we are, or, when that is root, a user that can do less. */
async function ordinaryUser() {
  if (userInfo().uid !== 0) return { prefix: [], command: (file, words) => [file, words] };
  const passwd = await readFile("/etc/passwd", "utf8");
  const entry = ["postgres", "nobody"].map((name) => new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, "m").exec(passwd));
  const [, uid, gid] = entry.find((found) => found !== null) ?? [];
  if (uid === undefined) return undefined;
  const prefix = ["--reuid", uid, "--regid", gid, "--clear-groups"];
  const command = (file, words) => ["setpriv", [...prefix, "--", file, ...words]];
  return { uid: Number(uid), gid: Number(gid), prefix, command };
}

export async function natsBinary() {
  const setup = join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "setup.json");
  if (process.env.NATS_SERVER_BIN !== undefined) return process.env.NATS_SERVER_BIN;
  if (!existsSync(setup)) throw new Error(`There is no nats-server on record at ${setup}: run \`npm run setup\`.`);
  return JSON.parse(await readFile(setup, "utf8")).natsServer.path;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
