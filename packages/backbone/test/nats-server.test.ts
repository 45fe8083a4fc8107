import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@nats-io/transport-node";
import { BackboneError } from "../src/errors.js";
import { atLeast } from "../src/server/nats-binary.js";
import { NatsServer, type NatsServerEvent } from "../src/server/nats-server.js";
import { identify } from "../src/server/process-identity.js";
import { natsBinary, temporaryHome, until } from "./support/home.js";

async function options(home: string, onEvent?: (event: NatsServerEvent) => void) {
  return { dataDir: join(home, "data"), runDir: join(home, "run"), binary: await natsBinary(), onEvent };
}

async function reach(server: NatsServer): Promise<string> {
  const { user, password } = server.credentials;
  const connection = await connect({ servers: server.url.replace("nats://", ""), user, pass: password });
  const version = connection.info?.version ?? "";
  await connection.close();
  return version;
}

const gone = async (pid: number) => (await identify(pid)) === undefined;

test("starts on loopback with secrets only its owner can read, stops without a trace, keeps its access", async () => {
  await using home = await temporaryHome();
  const server = await NatsServer.start(await options(home.path));
  expect(await reach(server)).toBe(server.binary.version);
  for (const file of ["nats.conf", "nats.access.json", "nats.run.json"]) {
    expect((await stat(join(home.path, "run", file))).mode & 0o777, file).toBe(0o600);
  }
  const conf = await readFile(join(home.path, "run", "nats.conf"), "utf8");
  expect(conf.includes("sync_interval: always")).toBe(atLeast(server.binary.version, 2, 10));
  expect(conf).toContain('listen: "127.0.0.1:');
  await expect(connect({ servers: server.url.replace("nats://", ""), reconnect: false })).rejects.toThrow(/auth/i);

  const { url, credentials, pid } = server;
  await server.stop();
  await server.stop();
  expect(pid && (await gone(pid))).toBe(true);
  expect(existsSync(join(home.path, "run", "nats.run.json"))).toBe(false);

  await using again = await NatsServer.start(await options(home.path));
  expect(again.url).toBe(url);
  expect(again.credentials).toEqual(credentials);
});

test("is restarted after kill -9, again and again, on the same port", async () => {
  await using home = await temporaryHome();
  const events: NatsServerEvent[] = [];
  await using server = await NatsServer.start(await options(home.path, (event) => events.push(event)));
  const { url } = server;
  const ready = () => events.filter((event) => event.type === "ready").length;
  for (let i = 1; i <= 3; i++) {
    if (server.pid !== undefined) process.kill(server.pid, "SIGKILL");
    await until(() => ready() === i + 1);
    expect(await reach(server)).toBe(server.binary.version);
  }
  expect(server.url).toBe(url);
  expect(events.filter((event) => event.type === "exited")).toHaveLength(3);
});

test("takes another port when its own is in use", async () => {
  await using home = await temporaryHome();
  const first = await NatsServer.start(await options(home.path));
  const port = Number(new URL(first.url).port);
  await first.stop();
  const intruder = createServer().listen(port, "127.0.0.1");
  await once(intruder, "listening");
  try {
    await using second = await NatsServer.start(await options(home.path));
    expect(new URL(second.url).port).not.toBe(String(port));
    expect(await reach(second)).toBe(second.binary.version);
  } finally {
    intruder.close();
  }
});

test("a second owner is told who has it", async () => {
  await using home = await temporaryHome();
  await using _server = await NatsServer.start(await options(home.path));
  const second = NatsServer.start(await options(home.path));
  await expect(second).rejects.toMatchObject({ code: "busy" });
  await expect(second).rejects.toThrow(`Process ${process.pid}`);
});

test("of two that start at once, one wins and the other is told", async () => {
  await using home = await temporaryHome();
  const o = await options(home.path);
  const outcomes = await Promise.allSettled([NatsServer.start(o), NatsServer.start(o), NatsServer.start(o)]);
  const winners = outcomes.filter((outcome) => outcome.status === "fulfilled");
  for (const { value } of winners) await value.stop();
  expect(winners).toHaveLength(1);
});

test("a binary that does not start is an error at once, with what it said", async () => {
  await using home = await temporaryHome();
  const o = await options(home.path);
  const broken = join(home.path, "nats-server");
  await writeFile(broken, "#!/bin/sh\necho no such flag >&2\nexit 7\n", { mode: 0o755 });
  const start = NatsServer.start({ ...o, binary: { ...o.binary, path: broken } });
  await expect(start).rejects.toMatchObject({ code: "not_ready" });
  await expect(start).rejects.toThrow("no such flag");
  await expect(NatsServer.start({ ...o, binary: { ...o.binary, path: "/nowhere/x" } })).rejects.toBeInstanceOf(
    BackboneError,
  );
  await using _works = await NatsServer.start(o);
});

async function startOwner(home: string): Promise<{ owner: number; server: number; kill(): Promise<void> }> {
  const script = fileURLToPath(new URL("support/owner.mjs", import.meta.url));
  const env = { ...process.env, NATS_SERVER_BIN: (await natsBinary()).path };
  const child = spawn(process.execPath, [script, home], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return {
    owner: child.pid ?? 0,
    server: Number(String(line).trim()),
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

test("dies with an owner that is killed with -9, and the next owner starts on the same data", async () => {
  await using home = await temporaryHome();
  const first = await startOwner(home.path);
  await first.kill();
  await until(() => gone(first.server), 2_000);
  const second = await startOwner(home.path);
  await second.kill();
  await until(() => gone(second.server), 2_000);
});

/** A server as an owner on a machine without setpriv would leave it. */
async function orphan(home: string): Promise<number> {
  const { binary, runDir } = await options(home);
  await (await NatsServer.start(await options(home))).stop(); // Leaves its configuration.
  const child = spawn(binary.path, ["-c", join(runDir, "nats.conf")], { stdio: "ignore", detached: true });
  child.unref();
  await until(() => child.pid !== undefined);
  return child.pid ?? 0;
}

test("an orphan that the run file names is ended first", async () => {
  await using home = await temporaryHome();
  const pid = await orphan(home.path);
  const dead = { pid: 2 ** 22 + 1, startTime: "1", bootId: "gone" };
  const runFile = { version: 1, owner: dead, server: await identify(pid) };
  await writeFile(join(home.path, "run", "nats.run.json"), JSON.stringify(runFile));
  const events: NatsServerEvent[] = [];
  await using server = await NatsServer.start(await options(home.path, (event) => events.push(event)));
  expect(events[0]).toEqual({ type: "orphan_ended", pid });
  expect(await gone(pid)).toBe(true);
  expect(await reach(server)).toBe(server.binary.version);
});

test("a run file that names a reused pid harms nobody", async () => {
  await using home = await temporaryHome();
  const me = await identify(process.pid);
  const reused = { ...me, startTime: "1" };
  await (await NatsServer.start(await options(home.path))).stop();
  await writeFile(
    join(home.path, "run", "nats.run.json"),
    JSON.stringify({ version: 1, owner: reused, server: reused }),
  );
  await using server = await NatsServer.start(await options(home.path));
  expect(await reach(server)).toBe(server.binary.version);
});

test.each([
  ["half of it", '{"version":1,"owner":{"pid":'],
  ["nothing", ""],
  ["another format", '{"version":9}'],
])("a corrupted run file (%s) is replaced", async (_what, content) => {
  await using home = await temporaryHome();
  await (await NatsServer.start(await options(home.path))).stop();
  await writeFile(join(home.path, "run", "nats.run.json"), content);
  await writeFile(join(home.path, "run", "nats.access.json"), content);
  await using server = await NatsServer.start(await options(home.path));
  expect(await reach(server)).toBe(server.binary.version);
});

test("without a run file, a server of another living owner is left alone", async () => {
  await using home = await temporaryHome();
  const owner = await startOwner(home.path);
  await writeFile(join(home.path, "nats", "nats.run.json"), "rubbish");
  const runDir = join(home.path, "nats");
  const start = NatsServer.start({ runDir, dataDir: join(runDir, "jetstream"), binary: await natsBinary() });
  await expect(start).rejects.toMatchObject({ code: "busy" });
  expect(await gone(owner.server)).toBe(false);
  await owner.kill();
});
