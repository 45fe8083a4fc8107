import { posix } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { APIError, Runloop, toFile } from "@runloop/api-client";
import {
  BaseSandbox,
  type ExecuteResponse,
  type FileDownloadResponse,
  type FileOperationError,
  type FileUploadResponse,
} from "deepagents";
import { AgentError } from "../../errors.js";
import { quoted } from "../in-folder.js";
import { nextCommandId } from "./command-id.js";
import { openDevbox, untilRunning } from "./devbox.js";
import { isTurnedDown, runloopError } from "./errors.js";

export interface RunloopOptions {
  /** Stays in this process; no devbox gets it. */
  readonly apiKey: string;
  /** Default: Runloop's own. */
  readonly baseUrl?: string;
  /** With `agentId`, what the devbox is found by again. */
  readonly scope: string;
  readonly agentId: string;
  readonly blueprint?: string;
  /** Time limit of one `execute`, in milliseconds. Default 300,000. */
  readonly executeTimeoutMs?: number;
  /** Default 900. */
  readonly idleSeconds?: number;
}

/** Attempts that Runloop's client makes over 429, 5xx and broken connections, waiting longer each time, before it gives up. */
const maxRetries = 4;
const requestMs = 60_000;
const readyMs = 300_000;
const defaultTimeoutMs = 300_000;
const defaultIdleSeconds = 900;
/** The API holds an answer back for so long, in seconds, in case the command ends meanwhile. */
const holdSeconds = 25;
/** deepagents hands output to a model: more than this is of no use to it. */
const maxOutputBytes = 1_048_576;
/** The API answers with the last lines of the output, 100 if it is not told how many. */
const lastLines = "50000";
const maxFileBytes = 67_108_864;
const timedOutExitCode = 124;
const firstDelayMs = 250;
/** What a shell reports of a program that got SIGKILL: whoever asked knows whether the command can be run again. */
const lost: ExecuteResponse = {
  output: "[The devbox was suspended while this command ran. See what it has done before you run it again.]",
  exitCode: 137,
  truncated: false,
};

type Execution = Runloop.DevboxAsyncExecutionDetailView;

/**
 * A Runloop devbox as a sandbox of deepagents: one for each agent, found again by its metadata, suspended by Runloop when it is idle and
 * resumed by the next call. What a model can act on comes back as a result; anything else throws AgentError `sandbox_refused` (the key),
 * `sandbox_unavailable` (try again later) or `sandbox_failed`.
 */
export class RunloopBackend extends BaseSandbox {
  readonly id: string;
  readonly #client: Runloop;
  readonly #timeoutMs: number;

  private constructor(id: string, client: Runloop, timeoutMs: number) {
    super();
    this.id = id;
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  static async open(o: RunloopOptions): Promise<RunloopBackend> {
    const client = new Runloop({
      bearerToken: o.apiKey,
      baseURL: o.baseUrl,
      http2: false,
      timeout: requestMs,
      maxRetries,
    });
    const { scope, agentId, blueprint, idleSeconds = defaultIdleSeconds } = o;
    const devbox = await openDevbox(client, { scope, agentId, blueprint, idleSeconds, readyMs });
    return new RunloopBackend(devbox.id, client, o.executeTimeoutMs ?? defaultTimeoutMs);
  }

  /** Ends the devbox for good, with its files. */
  async shutDown(): Promise<void> {
    await this.#ask("shutting the devbox down", () => this.#client.devboxes.shutdown(this.id));
  }

  async execute(command: string): Promise<ExecuteResponse> {
    const commandId = nextCommandId();
    const deadline = Date.now() + this.#timeoutMs;
    let execution = await this.#ask("running a command", () =>
      this.#client.devboxes.execute(this.id, {
        command: `exec 2>&1\n${command}`,
        command_id: commandId,
        last_n: lastLines,
        optimistic_timeout: Math.min(holdSeconds, Math.ceil(this.#timeoutMs / 1000)),
      }),
    );
    for (let failures = 0; execution.status !== "completed"; ) {
      if (Date.now() >= deadline) return await this.#endAtLimit(execution);
      try {
        execution = await this.#wait(execution, deadline - Date.now());
        failures = 0;
      } catch (error) {
        if (statusOf(error) === 404) return lost;
        failures += 1;
        if (!(error instanceof AgentError) || error.code !== "sandbox_unavailable" || failures > maxRetries)
          throw error;
        await delay(firstDelayMs * 2 ** failures);
      }
    }
    return resultOf(execution);
  }

  async uploadFiles(files: Array<[string, Uint8Array]>): Promise<FileUploadResponse[]> {
    const folders = [...new Set(files.map(([path]) => posix.dirname(path)))];
    if (folders.length > 0) await this.execute(`mkdir -p -- ${folders.map(quoted).join(" ")}`);
    const responses: FileUploadResponse[] = [];
    for (const [path, bytes] of files) {
      const error = await this.#transfer(path, "write", async () => {
        const file = await toFile(bytes, posix.basename(path));
        await this.#client.devboxes.uploadFile(this.id, { path, file });
      });
      responses.push({ path, error });
    }
    return responses;
  }

  async downloadFiles(paths: string[]): Promise<FileDownloadResponse[]> {
    const responses: FileDownloadResponse[] = [];
    for (const path of paths) {
      let content: Uint8Array | null = null;
      const error = await this.#transfer(path, "read", async () => {
        const response = await this.#client.devboxes.downloadFile(this.id, { path });
        content = await readBounded(response.body, path);
      });
      responses.push({ path, content: error === null ? content : null, error });
    }
    return responses;
  }

  /** A while of waiting; the API says 408 when nothing happened in it. */
  async #wait(execution: Execution, leftMs: number): Promise<Execution> {
    const timeout = Math.max(1, Math.min(holdSeconds, Math.ceil(leftMs / 1000)));
    try {
      return await this.#ask("waiting for a command", () =>
        this.#client.devboxes.waitForCommand(
          this.id,
          execution.execution_id,
          { statuses: ["completed"], last_n: lastLines, timeout_seconds: timeout },
          { maxRetries: 0 },
        ),
      );
    } catch (error) {
      if (statusOf(error) === 408) return execution;
      throw error;
    }
  }

  async #endAtLimit(execution: Execution): Promise<ExecuteResponse> {
    const killed = await this.#ask("ending a command", () =>
      this.#client.devboxes.executions.kill(this.id, execution.execution_id, { kill_process_group: true }),
    );
    const note = `\n[The command was ended at its time limit of ${this.#timeoutMs / 1000} s.]`;
    const { output, truncated } = resultOf(killed);
    return { output: output + note, exitCode: timedOutExitCode, truncated };
  }

  /** The reason why a file could not be read or written, if the file is the reason; null if it was. */
  async #transfer(
    path: string,
    way: "read" | "write",
    transfer: () => Promise<void>,
  ): Promise<FileOperationError | null> {
    try {
      await this.#ask(way === "read" ? "reading a file" : "writing a file", transfer);
      return null;
    } catch (error) {
      if (!(error instanceof AgentError) || !isTurnedDown(error.cause)) throw error;
      const reason = await this.#reasonOf(path, way);
      if (reason === undefined) throw error;
      return reason;
    }
  }

  async #reasonOf(path: string, way: "read" | "write"): Promise<FileOperationError | undefined> {
    const file = quoted(path);
    const tests = [
      `if [ -d ${file} ]; then echo is_directory`,
      ...(way === "read"
        ? [`elif [ ! -e ${file} ]; then echo file_not_found`, `elif [ ! -r ${file} ]; then echo permission_denied`]
        : [
            `elif [ ! -d ${quoted(posix.dirname(path))} ]; then echo invalid_path`,
            `elif [ ! -w ${quoted(posix.dirname(path))} ]; then echo permission_denied`,
          ]),
    ];
    const { output } = await this.execute(`${tests.join("\n")}\nfi`);
    const said = output.trim();
    if (said === "is_directory" || said === "file_not_found" || said === "permission_denied" || said === "invalid_path")
      return said;
    return undefined;
  }

  /** One request; for a devbox that was suspended meanwhile it is resumed, and the request made again. */
  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (!isTurnedDown(error)) throw runloopError(error, doing);
      const before = await this.#status();
      if (before === "running") throw runloopError(error, doing);
      await untilRunning(this.#client, this.id, readyMs);
    }
    try {
      return await request();
    } catch (error) {
      throw runloopError(error, doing);
    }
  }

  async #status(): Promise<Runloop.DevboxView["status"]> {
    try {
      return (await this.#client.devboxes.retrieve(this.id)).status;
    } catch (error) {
      throw runloopError(error, "looking at the devbox");
    }
  }
}

/** The status that Runloop answered with, if that is what went wrong. */
function statusOf(error: unknown): number | undefined {
  return error instanceof AgentError && error.cause instanceof APIError ? error.cause.status : undefined;
}

function resultOf({ stdout, stdout_truncated, exit_status }: Execution): ExecuteResponse {
  const bytes = Buffer.from(stdout ?? "");
  // The API gives the end of what was said; of too much of that, the beginning is kept.
  const isLong = bytes.length > maxOutputBytes;
  const output = isLong ? new TextDecoder().decode(bytes.subarray(0, maxOutputBytes)) : (stdout ?? "");
  const lines = output.split("\n").length - 1;
  return {
    output,
    exitCode: exit_status ?? null,
    truncated: isLong || stdout_truncated === true || lines >= Number(lastLines),
  };
}

async function readBounded(body: AsyncIterable<unknown> | null | undefined, path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maxFileBytes) {
      const text = `${path} is larger than 64 MiB; look at a part of it with a command.`;
      throw new AgentError("sandbox_failed", text);
    }
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
