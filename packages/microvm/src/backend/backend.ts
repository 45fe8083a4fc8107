import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import type {
  DeleteResult,
  EditResult,
  ExecuteResponse,
  FileDownloadResponse,
  FileUploadResponse,
  GlobResult,
  GrepResult,
  LsResult,
  ReadRawResult,
  ReadResult,
  SandboxBackendProtocolV2,
  WriteResult,
} from "deepagents";
import { isMicroVMError, MicroVMError } from "../errors.js";
import type { CreateOptions } from "../request.js";
import type { MicroVM } from "../vm/microvm.js";
import type { MicroVMs } from "../vms.js";
import { explain, settle } from "./failures.js";
import { lineWindow } from "./lines.js";
import { mediaType } from "./mime.js";
import { absolute, below, fileInfo } from "./paths.js";

export interface BackendOptions {
  /** Where relative paths begin and commands run. Default `/workspace`. */
  cwd?: string;
  /** Time limit of one `execute`, in milliseconds. Default 300,000. */
  executeTimeoutMs?: number;
  /**
   * Milliseconds that an `execute` may take besides, asked when one begins: when they are over, the command is killed as at its time limit. Not part
   * of what is asked of the guest, so that a command that is asked for again, with less time left, is still the same one. Default: no limit.
   */
  executeMsLeft?: () => number;
  /** When it is aborted, every `execute` that is under way is killed in the same way. Default: nothing does. */
  executeSignal?: AbortSignal;
  /** Set for every command. */
  env?: Record<string, string>;
}

export type OwnBackendOptions = CreateOptions & BackendOptions & { vms: MicroVMs };

const defaultCwd = "/workspace";
const defaultTimeoutMs = 300_000;
/** deepagents hands output to a model: more than this is of no use to it. */
const maxOutputBytes = 1_048_576;
const maxTextBytes = 67_108_864;
/** What a shell reports of a program that got SIGKILL. */
const killedExitCode = 137;
/** What shells answer for a command that a time limit ended. */
const timedOutExitCode = 124;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A microVM as a sandbox backend of deepagents: every file tool and every command acts in the VM, over the agent's own
 * calls. Failures a model can act on come back as results; a VM that cannot be reached throws MicroVMError.
 */
export class MicroVMBackend implements SandboxBackendProtocolV2, AsyncDisposable {
  readonly id: string;
  readonly #cwd: string;
  readonly #timeoutMs: number;
  readonly #msLeft: () => number;
  readonly #ending: AbortSignal | undefined;
  readonly #env: Record<string, string> | undefined;
  /** Makes or gets the VM that this backend owns; absent: the VM is somebody else's. */
  readonly #obtain: (() => Promise<MicroVM>) | undefined;
  #obtaining: Promise<MicroVM> | undefined;
  #machine: MicroVM | undefined;

  private constructor(id: string, options: BackendOptions, vm: MicroVM | undefined, obtain?: () => Promise<MicroVM>) {
    this.id = id;
    this.#cwd = posix.normalize(options.cwd ?? defaultCwd);
    this.#timeoutMs = options.executeTimeoutMs ?? defaultTimeoutMs;
    this.#msLeft = options.executeMsLeft ?? (() => Number.POSITIVE_INFINITY);
    this.#ending = options.executeSignal;
    this.#env = options.env;
    this.#machine = vm;
    this.#obtain = obtain;
  }

  /** A backend with a VM of its own: the one with this id if it exists (see `MicroVMs.get` for its template), else a new one. */
  static async create(options: OwnBackendOptions): Promise<MicroVMBackend> {
    const backend = MicroVMBackend.prepare(options);
    await backend.initialize();
    return backend;
  }

  /** As `create`, without a VM until `initialize` is called. */
  static prepare(options: OwnBackendOptions): MicroVMBackend {
    const { vms, id = randomUUID() } = options;
    const obtain = () => {
      const exists = vms.list().some((vm) => vm.id === id);
      return exists ? vms.get(id, options) : vms.create({ ...options, id });
    };
    return new MicroVMBackend(id, options, undefined, obtain);
  }

  /** A backend over a VM that somebody else owns: closing the backend leaves it alone. */
  static of(vm: MicroVM, options: BackendOptions = {}): MicroVMBackend {
    return new MicroVMBackend(vm.id, options, vm);
  }

  /** Makes the VM of a backend that was only prepared. */
  async initialize(): Promise<void> {
    if (this.#machine !== undefined) return;
    this.#obtaining ??= this.#obtain?.().finally(() => {
      this.#obtaining = undefined;
    });
    this.#machine = await this.#obtaining;
  }

  get isRunning(): boolean {
    return this.#machine?.isRunning ?? false;
  }

  /** Stops the VM; its disk stays, and `start` goes on from it. */
  stop(): Promise<void> {
    return this.#vm.stop();
  }

  start(): Promise<void> {
    return this.#vm.start();
  }

  /** Ends the VM that `create` made, with its disk. */
  async close(): Promise<void> {
    if (this.#obtain !== undefined) await this.#machine?.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Runs a command with the shell. A command that the VM lost with its power has the exit code of a killed one: whoever
   * asked knows whether it can be run again, and a failure here would come back at each resumption of the run.
   */
  async execute(command: string): Promise<ExecuteResponse> {
    try {
      return await this.#execute(command);
    } catch (error) {
      if (!isMicroVMError(error, "operation_interrupted")) throw error;
      const output = "[The VM lost power while this command ran. See what it has done before you run it again.]";
      return { output, exitCode: killedExitCode, truncated: false };
    }
  }

  async ls(path: string): Promise<LsResult> {
    const folder = this.#absolute(path);
    try {
      const { entries } = await this.#vm.files.list(folder);
      return { files: entries.map((entry) => fileInfo(posix.join(folder, entry.name), entry)) };
    } catch (error) {
      // deepagents' contract: a folder that is not there is empty.
      if (isMicroVMError(error, "not_found")) return { files: [] };
      return { error: explain(error, path) };
    }
  }

  async read(filePath: string, offset = 0, limit = 500): Promise<ReadResult> {
    const { mimeType, isText } = mediaType(filePath);
    try {
      const bytes = await this.#readAll(this.#absolute(filePath));
      if (!isText) return { content: bytes, mimeType };
      const text = decoder.decode(bytes);
      const window = lineWindow(text, offset, limit);
      if (window !== undefined) return { mimeType, ...window };
      const { totalLines } = lineWindow(text, 0, 0) ?? { totalLines: 0 };
      return { error: `Line offset ${offset} is past the end of '${filePath}', which has ${totalLines} lines` };
    } catch (error) {
      return { error: explain(error, filePath) };
    }
  }

  async readRaw(filePath: string): Promise<ReadRawResult> {
    const { mimeType, isText } = mediaType(filePath);
    const path = this.#absolute(filePath);
    try {
      const [bytes, { mtimeMs }] = await Promise.all([
        this.#readAll(path),
        this.#vm.files.stat(path, { follow: true }),
      ]);
      const time = new Date(mtimeMs).toISOString();
      const content = isText ? decoder.decode(bytes) : bytes;
      return { data: { content, mimeType, created_at: time, modified_at: time } };
    } catch (error) {
      return { error: explain(error, filePath) };
    }
  }

  async write(filePath: string, content: string): Promise<WriteResult> {
    const { isText } = mediaType(filePath);
    // deepagents passes binary content as base64.
    const bytes = isText ? encoder.encode(content) : Buffer.from(content, "base64");
    try {
      await this.#vm.files.write(this.#absolute(filePath), bytes, { parents: true });
      return { path: filePath, filesUpdate: null };
    } catch (error) {
      return { error: explain(error, filePath) };
    }
  }

  async edit(filePath: string, oldString: string, newString: string, replaceAll = false): Promise<EditResult> {
    const path = this.#absolute(filePath);
    try {
      if (oldString === "") return await this.#fillEmpty(filePath, newString);
      const occurrences = await this.#vm.files.edit(path, oldString, newString, { all: replaceAll });
      return { path: filePath, filesUpdate: null, occurrences };
    } catch (error) {
      if (isMicroVMError(error, "no_match")) return { error: `String not found in file '${filePath}'` };
      if (isMicroVMError(error, "ambiguous")) {
        const hint = "give more of the text around it, or set replace_all";
        return { error: `The string occurs multiple times in '${filePath}': ${hint}` };
      }
      return { error: explain(error, filePath) };
    }
  }

  async grep(
    pattern: string,
    path: string | null = null,
    glob: string | null = null,
    maxCount: number | null = null,
  ): Promise<GrepResult> {
    const base = this.#absolute(path ?? ".");
    try {
      const options = { glob: glob ?? undefined, limit: maxCount ?? undefined };
      const { matches, truncated } = await this.#vm.files.grep(pattern, base, options);
      return { matches: matches.filter((match) => mediaType(match.path).isText), truncated };
    } catch (error) {
      if (isMicroVMError(error, "not_found")) return { matches: [] };
      return { error: explain(error, base) };
    }
  }

  /** Paths are relative to `path`, as those of deepagents' own sandboxes are; below "/", and of an absolute pattern, absolute. */
  async glob(pattern: string, path = "."): Promise<GlobResult> {
    const base = this.#absolute(path);
    try {
      const { entries, truncated } = await this.#vm.files.glob(pattern, base);
      return { files: entries.map((entry) => fileInfo(below(base, entry.path), entry)), truncated };
    } catch (error) {
      if (isMicroVMError(error, "not_found")) return { files: [] };
      return { error: explain(error, base) };
    }
  }

  async delete(filePath: string): Promise<DeleteResult> {
    try {
      await this.#vm.files.remove(this.#absolute(filePath), { recursive: true });
      return { path: filePath, filesUpdate: null };
    } catch (error) {
      return { error: explain(error, filePath) };
    }
  }

  async uploadFiles(files: Array<[string, Uint8Array]>): Promise<FileUploadResponse[]> {
    const responses: FileUploadResponse[] = [];
    // One after the other: inside `withOperations` the order of calls is what names them.
    for (const [path, content] of files) {
      const outcome = await settle(this.#vm.files.write(this.#absolute(path), content, { parents: true }));
      responses.push({ path, error: outcome.error });
    }
    return responses;
  }

  async downloadFiles(paths: string[]): Promise<FileDownloadResponse[]> {
    return Promise.all(
      paths.map(async (path) => {
        const { value, error } = await settle(this.#readAll(this.#absolute(path)));
        return { path, content: value ?? null, error };
      }),
    );
  }

  async #execute(command: string): Promise<ExecuteResponse> {
    const output: Uint8Array[] = [];
    const push = (bytes: Uint8Array) => output.push(bytes);
    const said = () => decoder.decode(Buffer.concat(output));
    const msLeft = Math.ceil(this.#msLeft());
    const endings = [
      ...(msLeft < this.#timeoutMs ? [AbortSignal.timeout(msLeft)] : []),
      ...(this.#ending === undefined ? [] : [this.#ending]),
    ];
    const signal = endings.length === 0 ? undefined : AbortSignal.any(endings);
    try {
      const { exitCode, timedOut, truncated } = await this.#vm.exec({
        command,
        cwd: this.#cwd,
        env: this.#env,
        timeoutMs: this.#timeoutMs,
        maxOutputBytes,
        signal,
        onStdout: push,
        onStderr: push,
      });
      if (!timedOut) return { output: said(), exitCode, truncated };
      const note = `\n[The command was ended at its time limit of ${this.#timeoutMs / 1000} s.]`;
      return { output: said() + note, exitCode: timedOutExitCode, truncated };
    } catch (error) {
      // Also where it was ended in an earlier life of this process, and is asked for again; in a VM that is suspended it is not ended.
      if (!isMicroVMError(error, "cancelled")) throw error;
      const note = "\n[Nobody waits for the command any more, because no more time was left for it.]";
      return { output: said() + note, exitCode: timedOutExitCode, truncated: false };
    }
  }

  get #vm(): MicroVM {
    if (this.#machine !== undefined) return this.#machine;
    throw new MicroVMError("stopped", `The sandbox ${this.id} has no VM yet; call initialize() first.`);
  }

  async #readAll(path: string): Promise<Uint8Array> {
    const bytes = await this.#vm.files.read(path, { length: maxTextBytes + 1 });
    if (bytes.length <= maxTextBytes) return bytes;
    throw new MicroVMError("too_large", `${path} is larger than 64 MiB; look at a part of it with a command.`);
  }

  /** deepagents' rule: an empty old string stands for the whole of an empty file. */
  async #fillEmpty(filePath: string, content: string): Promise<EditResult> {
    const path = this.#absolute(filePath);
    const { size } = await this.#vm.files.stat(path, { follow: true });
    if (size > 0) return { error: `The string to replace in '${filePath}' must not be empty, because the file is not` };
    if (content === "") return { path: filePath, filesUpdate: null, occurrences: 0 };
    await this.#vm.files.write(path, encoder.encode(content));
    return { path: filePath, filesUpdate: null, occurrences: 1 };
  }

  #absolute(path: string): string {
    return absolute(this.#cwd, path);
  }
}
