import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const CONFIGURATION = new URL("../nats/", import.meta.url);
const NODES = 3;
const START_MS = 60_000;

/**
 * Three nats-servers on 127.0.0.1 with the configuration of `deploy/nats`, in a temporary folder. In place of TLS and accounts, which
 * belong to real hosts, they have one user with a password, unless `files` says otherwise.
 */
export class LocalCluster {
  #binary;
  #folder;
  #nodes;
  #environment;
  #children = new Map();

  constructor(binary, folder, nodes, environment) {
    this.#binary = binary;
    this.#folder = folder;
    this.#nodes = nodes;
    this.#environment = environment;
  }

  /**
   * @param {{ binary: string, files?: Record<string, string>, environment?: Record<string, string> }} o `files`: by name, what `node.conf`
   *   includes; `environment`: what they take from there
   * @returns {Promise<LocalCluster>} when all three answer
   */
  static async start({ binary, files = DRILL_FILES, environment = {} }) {
    const folder = await mkdtemp(join(tmpdir(), "vw-cluster-"));
    await copyFile(new URL("node.conf", CONFIGURATION), join(folder, "node.conf"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const ports = await freePorts(2 * NODES);
    const nodes = Array.from({ length: NODES }, (_, index) => ({
      name: `nats-${index + 1}`,
      port: ports[2 * index],
      routePort: ports[2 * index + 1],
    }));
    const cluster = new LocalCluster(binary, folder, nodes, environment);
    try {
      await Promise.all(nodes.map(({ name }) => cluster.run(name)));
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** For `NATS_URL`: all nodes, with the user of the drill. */
  get url() {
    return this.#nodes.map(({ port }) => `nats://drill:drill@127.0.0.1:${port}`).join(",");
  }

  /** Where its nodes listen for clients. */
  get ports() {
    return this.#nodes.map(({ port }) => port);
  }

  get names() {
    return this.#nodes.map(({ name }) => name);
  }

  /** Starts a node, on the data that it has, and waits until clients may connect. */
  async run(name) {
    const node = this.#nodes.find((one) => one.name === name);
    const store = join(this.#folder, name);
    await mkdir(store, { recursive: true });
    const child = spawn(
      this.#binary,
      ["-c", join(this.#folder, "node.conf"), "-l", join(this.#folder, `${name}.log`)],
      {
        stdio: "ignore",
        env: {
          ...this.#environment,
          NODE_NAME: name,
          CLIENT_LISTEN: JSON.stringify(`127.0.0.1:${node.port}`),
          ROUTE_LISTEN: JSON.stringify(`127.0.0.1:${node.routePort}`),
          ROUTES: JSON.stringify(this.#nodes.map(({ routePort }) => `nats://127.0.0.1:${routePort}`)),
          STORE_DIR: JSON.stringify(store),
        },
      },
    );
    this.#children.set(name, child);
    const failed = once(child, "error").then(([error]) => Promise.reject(error));
    failed.catch(() => undefined); // Of interest only while it starts.
    await Promise.race([this.#listens(node, child), failed]);
  }

  /** Ends a node at once, as a power failure would. */
  async kill(name) {
    const child = this.#children.get(name);
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /**
   * Replaces a file that the configuration includes, and has every node read it, twice: the imports of an account that is new are
   * connected by the second reading.
   */
  async reload(name, text) {
    await writeFile(join(this.#folder, name), text);
    for (let reading = 1; reading <= 2; reading++) await Promise.all(this.names.map((node) => this.#readAnew(node)));
  }

  async #readAnew(name) {
    const readings = async () => {
      const log = await readFile(join(this.#folder, `${name}.log`), "utf8");
      return log.split("Reloaded server configuration").length;
    };
    const before = await readings();
    this.#children.get(name)?.kill("SIGHUP");
    for (const until = Date.now() + START_MS; Date.now() < until; await sleep(20)) {
      if ((await readings()) > before) return;
    }
    throw new Error(`${name} did not take the new configuration; its log is ${join(this.#folder, `${name}.log`)}.`);
  }

  async close() {
    await Promise.all(this.names.map((name) => this.kill(name)));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #listens({ name, port }, child) {
    for (const until = Date.now() + START_MS; Date.now() < until; await sleep(50)) {
      if (hasEnded(child)) break;
      if (await answers(port)) return;
    }
    throw new Error(`${name} did not start; its log is ${join(this.#folder, `${name}.log`)}.`);
  }
}

const DRILL_FILES = {
  "security.conf": 'authorization { user: "drill", password: "drill" }\n',
  "cluster-security.conf": "",
};

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("data", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("data", () => socket.destroy());
  });
}

/** Ports that are free now, all different because all are held until the last is known. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      server.listen({ host: "127.0.0.1", port: 0 });
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
