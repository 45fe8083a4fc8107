import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** Some answer in the place of the real one. */
export interface Fault {
  readonly path: RegExp;
  readonly status: number;
  /** The request is carried out all the same: its answer is lost. */
  readonly after?: boolean;
  times: number;
}

interface Devbox {
  id: string;
  status: string;
  metadata: Record<string, string>;
  create_time_ms: number;
  name?: string;
  launch_parameters: unknown;
  /** The files of the devbox, as a root. */
  root: string;
}

interface Execution {
  execution_id: string;
  devbox_id: string;
  child: ChildProcess;
  output: string;
  exit_status: number | null;
}

interface Body {
  [name: string]: unknown;
}

/**
 * For tests only: answers on loopback as Runloop's API documents it, as far as its devboxes are used here. A devbox is a folder, its commands
 * run in namespaces with that folder as their root.
 */
export class RunloopServer implements AsyncDisposable {
  readonly key = "rl-test-key-5f1c";
  readonly devboxes: Devbox[] = [];
  readonly requests: string[] = [];
  readonly faults: Fault[] = [];
  /** How long an answer is held back for something to happen; the real one holds it for 25 s. */
  holdMs = 150;
  /** Status questions that a devbox under way to running answers with 408 first. */
  bootQuestions = 0;
  url = "";
  readonly #executions = new Map<string, Execution>();
  readonly #server: Server;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async open(): Promise<RunloopServer> {
    const server = new RunloopServer(await mkdtemp(join(tmpdir(), "vw-runloop-")));
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    const address = server.#server.address();
    server.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    return server;
  }

  devbox(id: string): Devbox {
    const found = this.devboxes.find((one) => one.id === id);
    if (found === undefined) throw new Error(`There is no devbox ${id}.`);
    return found;
  }

  /** Commands that were started, a repeated one once. */
  get commands(): number {
    return this.#executions.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#executions.values()) child.kill("SIGKILL");
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const line = `${request.method} ${url.pathname}`;
    this.requests.push(line);
    const fault = this.faults.find(({ path, times }) => times > 0 && path.test(line));
    if (fault !== undefined) fault.times -= 1;
    const send = (status: number, body: unknown) => {
      const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
      const type = body instanceof Uint8Array ? "application/octet-stream" : "application/json";
      response.writeHead(status, { "content-type": type, "retry-after-ms": "1" }).end(bytes);
    };
    try {
      if (request.headers.authorization !== `Bearer ${this.key}`) return send(401, { message: "Unauthorized" });
      if (fault !== undefined && !fault.after) return send(fault.status, { message: "as the test wants" });
      const { status, body } = await this.#answer(request, url);
      if (fault !== undefined) return send(fault.status, { message: "as the test wants" });
      send(status, body);
    } catch (error) {
      send(500, { message: String(error) });
    }
  }

  async #answer(request: IncomingMessage, url: URL): Promise<{ status: number; body: unknown }> {
    const [, id = "", action = "", executionId = "", rest = ""] =
      /^\/v1\/devboxes(?:\/([^/]+))?(?:\/([^/]+))?(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (id === "") return request.method === "GET" ? this.#list(url) : this.#create(await jsonOf(request));
    const devbox = this.devboxes.find((one) => one.id === id);
    if (devbox === undefined) return { status: 404, body: { message: "devbox not found" } };
    if (request.method === "GET") return { status: 200, body: viewOf(devbox) };
    if (action === "wait_for_status") return this.#waitForDevbox(devbox, await jsonOf(request));
    if (action === "resume" || action === "suspend" || action === "shutdown") {
      devbox.status = { resume: "resuming", suspend: "suspended", shutdown: "shutdown" }[action];
      return { status: 200, body: viewOf(devbox) };
    }
    if (devbox.status !== "running") return { status: 400, body: { message: `devbox is ${devbox.status}` } };
    if (action === "execute") return this.#execute(devbox, await jsonOf(request), url);
    if (action === "executions") return this.#execution(executionId, rest, url);
    return await transfer(devbox, action, request);
  }

  #list(url: URL): { status: number; body: unknown } {
    const [status, after] = [url.searchParams.get("status"), url.searchParams.get("starting_after")];
    const all = this.devboxes.filter((one) => status === null || one.status === status);
    const from = all.findIndex(({ id }) => id === after) + 1;
    // Pages of two, so that there is more than one.
    const page = all.slice(from, from + 2);
    return { status: 200, body: { devboxes: page.map(viewOf), has_more: from + 2 < all.length } };
  }

  async #create(body: Body): Promise<{ status: number; body: unknown }> {
    const id = `dbx_${randomUUID().slice(0, 8)}`;
    const root = join(this.#folder, id);
    for (const name of ["usr", "etc", "proc", "dev", "tmp", "root"]) await mkdir(join(root, name), { recursive: true });
    for (const name of ["bin", "lib", "lib64", "sbin"]) await symlink(`usr/${name}`, join(root, name));
    const devbox: Devbox = {
      id,
      root,
      status: "provisioning",
      name: String(body.name),
      metadata: body.metadata as Record<string, string>,
      launch_parameters: body.launch_parameters,
      create_time_ms: Date.now() + this.devboxes.length,
    };
    this.devboxes.push(devbox);
    return { status: 200, body: viewOf(devbox) };
  }

  async #waitForDevbox(devbox: Devbox, body: Body): Promise<{ status: number; body: unknown }> {
    const moving = devbox.status === "provisioning" || devbox.status === "resuming";
    if (moving && this.bootQuestions > 0) {
      this.bootQuestions -= 1;
      await delay(5);
      return { status: 408, body: { message: "not yet" } };
    }
    if (moving) devbox.status = "running";
    if (devbox.status === "suspending") devbox.status = "suspended";
    const isIn = (body.statuses as string[]).includes(devbox.status);
    return isIn ? { status: 200, body: viewOf(devbox) } : { status: 408, body: { message: "not yet" } };
  }

  async #execute(devbox: Devbox, body: Body, url: URL): Promise<{ status: number; body: unknown }> {
    const id = String(body.command_id);
    const execution = this.#executions.get(id) ?? this.#start(devbox, id, String(body.command));
    return this.#settled(execution, url);
  }

  async #execution(id: string, action: string, url: URL): Promise<{ status: number; body: unknown }> {
    const execution = this.#executions.get(id);
    if (execution === undefined) return { status: 404, body: { message: "execution not found" } };
    if (action === "kill") execution.child.kill("SIGKILL");
    const answer = await this.#settled(execution, url);
    const isDone = execution.exit_status !== null;
    return isDone || action === "kill" ? answer : { status: 408, body: { message: "not yet" } };
  }

  #start(devbox: Devbox, id: string, command: string): Execution {
    const binds = ["usr", "etc"].flatMap((name) => ["--ro-bind", `/${name}`, `/${name}`]);
    const place = ["--bind", devbox.root, "/", ...binds, "--proc", "/proc", "--dev", "/dev"];
    const args = [...place, "--unshare-pid", "--die-with-parent", "--chdir", "/root", "--", "bash", "-c", command];
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/root" };
    const child = spawn("bwrap", args, { env, stdio: ["ignore", "pipe", "ignore"] });
    const execution: Execution = { execution_id: id, devbox_id: devbox.id, child, output: "", exit_status: null };
    this.#executions.set(id, execution);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      execution.output += text;
    });
    child.on("close", (code) => {
      execution.exit_status = code ?? 137;
    });
    return execution;
  }

  async #settled(execution: Execution, url: URL): Promise<{ status: number; body: unknown }> {
    for (let left = this.holdMs; left > 0 && execution.exit_status === null; left -= 5) await delay(5);
    const { execution_id, devbox_id, output, exit_status } = execution;
    const isDone = exit_status !== null;
    const lines = output.split("\n");
    const lastN = Number(url.searchParams.get("last_n") ?? 100);
    const kept = lines.slice(-lastN - 1).join("\n");
    const body = { execution_id, devbox_id, status: isDone ? "completed" : "running", exit_status };
    return {
      status: 200,
      body: { ...body, stdout: isDone ? kept : "", stdout_truncated: kept.length < output.length, stderr: "" },
    };
  }
}

async function transfer(
  devbox: Devbox,
  action: string,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  try {
    if (action === "download_file") {
      const { path } = await jsonOf(request);
      return { status: 200, body: await readFile(inside(devbox, String(path))) };
    }
    const headers = { "content-type": request.headers["content-type"] ?? "" };
    const form = await new Response(Readable.toWeb(request) as ReadableStream, { headers }).formData();
    const target = inside(devbox, String(form.get("path")));
    // As the API: it makes no folders.
    await stat(dirname(target));
    const file = form.get("file");
    if (!(file instanceof Blob)) return { status: 400, body: { message: "no file" } };
    await writeFile(target, new Uint8Array(await file.arrayBuffer()));
    return { status: 200, body: {} };
  } catch (error) {
    return { status: 400, body: { message: String(error) } };
  }
}

function inside({ root }: Devbox, path: string): string {
  return join(root, normalize(`/${path}`));
}

async function jsonOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
}

function viewOf({ root: _, ...devbox }: Devbox) {
  return { ...devbox, capabilities: [], end_time_ms: null, state_transitions: [], shutdown_reason: null };
}
