import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const OUTFILE = fileURLToPath(new URL("../../../../node_modules/.cache/vibewriter-agent-worker.mjs", import.meta.url));

/** Bundles worker-child.ts; it runs with the other packages as they were compiled. */
export async function bundleWorker(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./worker-child.ts", import.meta.url))],
    outfile: OUTFILE,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
  });
}

export interface Said {
  readonly type: string;
  readonly run?: string;
  readonly status?: string;
  readonly host?: string;
  readonly epoch?: number;
  readonly error?: string;
}

/** Where a worker stops, once: right before it stores an event, or a file, whose id or key ends like that. */
export interface StopAt {
  readonly event?: string;
  readonly file?: string;
  readonly does: "freeze" | "stay";
}

/** A worker in a process of its own; ended with its handle. */
export class PoolWorker implements AsyncDisposable {
  readonly said: Said[] = [];
  readonly #home: string;
  readonly #child: ChildProcess;
  #errors = "";

  private constructor(home: string, child: ChildProcess) {
    this.#home = home;
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    if (child.stdout) createInterface(child.stdout).on("line", (line) => this.said.push(JSON.parse(line)));
  }

  /** Starts a worker with a home of its own under `folder`, and waits until it is there. */
  static async start(o: {
    url: string;
    folder: string;
    name: string;
    /** Runs at once; default 2. */
    capacity?: number;
    at?: StopAt;
    env?: Readonly<Record<string, string>>;
  }): Promise<PoolWorker> {
    const home = join(o.folder, o.name);
    await mkdir(home, { recursive: true });
    const order = JSON.stringify({ url: o.url, home, capacity: o.capacity, at: o.at, env: o.env });
    const worker = new PoolWorker(
      home,
      spawn(process.execPath, [OUTFILE, order], { stdio: ["ignore", "pipe", "pipe"] }),
    );
    await worker.heard(({ type }) => type === "ready", 60_000);
    return worker;
  }

  /** The file behind a path "in the VM" that this worker gives an agent. */
  path(agentId: string, inside: string): string {
    return join(this.#home, "machines", agentId, inside);
  }

  /** The first thing it says, or has said, that `isMeant`. */
  async heard(isMeant: (said: Said) => boolean, withinMs: number): Promise<Said> {
    for (const started = performance.now(); performance.now() - started < withinMs; ) {
      const found = this.said.find(isMeant);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`Not said within ${withinMs} ms: ${isMeant}; said: ${JSON.stringify(this.said)}; ${this.#errors}`);
  }

  /** Sends it a signal; resolves at its end if the signal ends it. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.signal("SIGKILL");
  }
}
