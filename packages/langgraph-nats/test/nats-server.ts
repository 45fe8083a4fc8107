import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type JetStreamManager, jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { z } from "zod";

const STREAM = "VIBEWRITER_STATE";
const SETUP = z.object({ natsServer: z.object({ path: z.string() }).nullable() });

/** A real nats-server on a free port of 127.0.0.1, with its data in a temporary directory and every write synced to disk. */
export class TestServer implements AsyncDisposable {
  #child: ChildProcess | undefined;

  private constructor(
    readonly binary: string,
    readonly directory: string,
    readonly port: number,
    readonly extra: string,
  ) {}

  /** @param options.extra more lines for the server's configuration */
  static async start({ extra = "" } = {}): Promise<TestServer> {
    const directory = await mkdtemp(join(tmpdir(), "langgraph-nats-"));
    const server = new TestServer(await findBinary(), directory, await freePort(), extra);
    await server.run();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts the process, on the data that is there. */
  async run(): Promise<void> {
    const config = join(this.directory, "nats.conf");
    const store = JSON.stringify(join(this.directory, "data"));
    // Servers before 2.10 do not know the setting, and refuse it.
    const sync = this.binary.includes("2.9") ? "" : ", sync_interval: always";
    await writeFile(
      config,
      `listen: "127.0.0.1:${this.port}"\njetstream { store_dir: ${store}${sync} }\n${this.extra}\n`,
    );
    const child = spawn(this.binary, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-4000);
    });
    this.#child = child;
    for (let tries = 0; !(await listens(this.port)); tries += 1) {
      if (child.exitCode !== null || tries > 200) throw new Error(`nats-server did not start: ${log}`);
      await sleep(50);
    }
  }

  /** Ends the process the hard way: whatever it had not written is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  /** Messages and bytes in the state stream. */
  async streamState(): Promise<{ messages: number; bytes: number }> {
    return this.#manage(async (manager) => (await manager.streams.info(STREAM)).state);
  }

  /** How many messages a thread of the default agent has. */
  async messagesUnder(thread: string): Promise<number> {
    const filter = `vibewriter.state.default.${thread.replaceAll(" ", "=20")}.>`;
    const { state } = await this.#manage((manager) => manager.streams.info(STREAM, { subjects_filter: filter }));
    return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  }

  /** The subjects that match and have messages. */
  async subjects(filter: string): Promise<string[]> {
    const { state } = await this.#manage((manager) => manager.streams.info(STREAM, { subjects_filter: filter }));
    return Object.keys(state.subjects ?? {});
  }

  /** Stores a message as it is. */
  async publish(subject: string, data: string): Promise<void> {
    await this.#manage((manager) => manager.jetstream().publish(subject, data));
  }

  /** Whether this text stands anywhere in the server's files. Values are packed there, unless they are short. */
  async hasOnDisk(text: string): Promise<boolean> {
    for (const entry of await readdir(this.directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      if ((await readFile(join(entry.parentPath, entry.name))).includes(text)) return true;
    }
    return false;
  }

  async purge(filter: string): Promise<void> {
    await this.#manage((manager) => manager.streams.purge(STREAM, { filter }));
  }

  /** Deletes the n-th message (from 0) of a subject. */
  async deleteMessage(subject: string, index: number): Promise<void> {
    await this.#manage(async (manager) => {
      let seq = 0;
      for (let at = 0; at <= index; at += 1) {
        seq = (await manager.direct.getMessage(STREAM, { next_by_subj: subject, seq: seq + 1 }))?.seq ?? 0;
      }
      await manager.streams.deleteMessage(STREAM, seq);
    });
  }

  async streamConfig(name: string): Promise<StreamConfig> {
    return this.#manage(async (manager) => (await manager.streams.info(name)).config);
  }

  async addStream(config: Partial<StreamConfig> & { name: string }): Promise<void> {
    await this.#manage((manager) => manager.streams.add(config));
  }

  async #manage<T>(action: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const connection = await connect({ servers: `127.0.0.1:${this.port}` });
    try {
      return await action(await jetstreamManager(connection));
    } finally {
      await connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGTERM");
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function findBinary(): Promise<string> {
  const { NATS_SERVER_BIN, PATH = "", VIBEWRITER_HOME = join(homedir(), ".vibewriter") } = process.env;
  const fromSetup = await readFile(join(VIBEWRITER_HOME, "setup.json"), "utf8").then(
    (text) => SETUP.parse(JSON.parse(text)).natsServer?.path,
    () => undefined,
  );
  const places = [NATS_SERVER_BIN, ...PATH.split(delimiter).map((folder) => join(folder, "nats-server")), fromSetup];
  for (const place of places) {
    if (
      place &&
      (await access(place).then(
        () => true,
        () => false,
      ))
    )
      return place;
  }
  throw new Error("These tests need a nats-server: run `npm run setup`, or set NATS_SERVER_BIN to its path.");
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("data", () => socket.destroy());
    socket.once("close", () => resolve(false));
  });
}
