import { ByteQueue } from "../client/byte-queue.js";
import type { Connection } from "../client/connection.js";
import { MicroVMError } from "../errors.js";
import { nextOperation } from "../operations.js";
import type { ResultOf } from "../wire/messages.js";
import type { Guest } from "./guest.js";

export type FileStat = ResultOf<"stat">;

export interface WriteOptions {
  /** `new`: fail with `exists` if the path is there. Default `replace`. */
  create?: "replace" | "new";
  /** Permission bits. */
  mode?: number;
  /** Create the folders above the file. */
  parents?: boolean;
  operationId?: string;
}

const callMs = 60_000;
const transferMs = 180_000;
/** The longest that a guest may keep a stream of bytes waiting: it syncs a large file before it says that it is there. */
const stallMs = 180_000;
const maxFileBytes = 268_435_456;

/**
 * The file system of a VM. Paths are absolute and never leave the VM. Every method throws MicroVMError with the guest's
 * code, such as `not_found`, `permission_denied`, `is_directory`, `invalid_path` or `no_space`.
 */
export class Files {
  readonly #guest: Guest;

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** The bytes of a file, or the part of it from `offset` on, at most `length` bytes; 256 MiB at once at the most. */
  async read(path: string, options?: { offset?: number; length?: number }): Promise<Uint8Array> {
    let chunks: Uint8Array[] = [];
    await this.#guest.ask({
      op: "read",
      args: { path, offset: options?.offset, length: options?.length },
      maxData: options?.length ?? maxFileBytes,
      receive: () => {
        chunks = [];
        return (_, bytes) => chunks.push(bytes);
      },
      deadlineMs: transferMs,
    });
    const [only] = chunks;
    return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  }

  /**
   * The bytes of a file of any size, or the part of it from `offset` on, at most `length` bytes, as fast as they are taken and in
   * constant memory. It is one reading, also across a lost connection; throws `operation_interrupted` if the file was changed
   * meanwhile and that happened.
   *
   * ```ts
   * await pipeline(vm.files.readStream("/workspace/model.bin"), createWriteStream("model.bin"));
   * ```
   */
  async *readStream(path: string, options?: { offset?: number; length?: number }): AsyncGenerator<Uint8Array> {
    const { offset = 0, length = Number.MAX_SAFE_INTEGER - offset } = options ?? {};
    const { mtimeMs } = await this.stat(path);
    const queue = new ByteQueue();
    const stop = new AbortController();
    let attempts = 0;
    const reading = this.#guest.persist({
      op: "read",
      attempt: (connection, number) => {
        attempts = number;
        const [from, rest] = [offset + queue.received, length - queue.received];
        const request = { op: "read" as const, args: { path, offset: from, length: rest }, maxData: rest, queue };
        return connection.call({ ...request, idleMs: stallMs, signal: stop.signal });
      },
    });
    reading.then(
      (file) => queue.end(attempts > 1 && file.mtimeMs !== mtimeMs ? changedMeanwhile(path) : undefined),
      (error: unknown) => queue.end(error),
    );
    try {
      yield* queue;
    } finally {
      stop.abort();
    }
  }

  /** Writes a file in one step: a reader sees the old content or the new one, also after a crash. */
  async write(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<void> {
    const { operationId, ...rest } = options ?? {};
    const request = { op: "write" as const, args: { path, ...rest }, body: bytes, maxData: 0, deadlineMs: transferMs };
    await this.#guest.change(request, operationId);
  }

  /**
   * As `write`, in constant memory, with what `source` yields. It is called once for each sending: a second time if the connection
   * is lost, for the same bytes again. If it throws, nothing was changed, and its error is thrown.
   */
  async writeStream(path: string, source: () => AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<void> {
    const { operationId, ...rest } = options ?? {};
    const operation = nextOperation(operationId);
    const request = { op: "write" as const, args: { path, ...rest }, id: operation.id, body: source };
    const attempt = (connection: Connection) => connection.call({ ...request, maxData: 0, idleMs: stallMs });
    await this.#guest.persist({ op: "write", operation, attempt });
  }

  /**
   * Replaces text in a file in one step; resolves with the number of replacements. Throws `no_match` if `old` is not
   * there, `ambiguous` if it occurs more than once and `all` is not set.
   */
  async edit(path: string, old: string, replacement: string, options?: { all?: boolean; operationId?: string }) {
    const args = { path, old, new: replacement, all: options?.all };
    const request = { op: "edit" as const, args, maxData: 0, deadlineMs: callMs };
    return (await this.#guest.change(request, options?.operationId)).replaced;
  }

  stat(path: string, options?: { follow?: boolean }): Promise<FileStat> {
    return this.#guest.ask({ op: "stat", args: { path, ...options }, maxData: 0, deadlineMs: callMs });
  }

  /** The entries of a folder, sorted by name. */
  list(path: string, options?: { limit?: number }): Promise<ResultOf<"list">> {
    return this.#guest.ask({ op: "list", args: { path, ...options }, maxData: 0, deadlineMs: callMs });
  }

  async mkdir(path: string, options?: { parents?: boolean; operationId?: string }): Promise<void> {
    const request = { op: "mkdir" as const, args: { path, parents: options?.parents }, maxData: 0, deadlineMs: callMs };
    await this.#guest.change(request, options?.operationId);
  }

  async remove(path: string, options?: { recursive?: boolean; operationId?: string }): Promise<void> {
    const args = { path, recursive: options?.recursive };
    await this.#guest.change({ op: "remove", args, maxData: 0, deadlineMs: callMs }, options?.operationId);
  }

  async rename(from: string, to: string, options?: { operationId?: string }): Promise<void> {
    await this.#guest.change(
      { op: "rename", args: { from, to }, maxData: 0, deadlineMs: callMs },
      options?.operationId,
    );
  }

  /** Absolute paths under `path` that match a pattern of `*`, `?`, `[...]`, `**` and `{a,b}`. */
  glob(pattern: string, path: string, options?: { limit?: number }): Promise<ResultOf<"glob">> {
    return this.#guest.ask({ op: "glob", args: { pattern, path, ...options }, maxData: 0, deadlineMs: callMs });
  }

  /** Lines that contain `text` literally, in the files under `path`; binary files are passed over. */
  grep(text: string, path: string, options?: { glob?: string; limit?: number }): Promise<ResultOf<"grep">> {
    return this.#guest.ask({ op: "grep", args: { text, path, ...options }, maxData: 0, deadlineMs: callMs });
  }
}

function changedMeanwhile(path: string): MicroVMError {
  const text = `${path} was changed while its reading was interrupted; read it again from the start.`;
  return new MicroVMError("operation_interrupted", text);
}
