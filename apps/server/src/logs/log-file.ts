import { type FileHandle, open, stat } from "node:fs/promises";
import { codeOf, messageOf, ServerError } from "../errors.js";

const NEWLINE = 0x0a;

/** A log that is being written, read from its beginning on, line by line. */
export class LogFile implements AsyncDisposable {
  /** Of the file itself: another one may take its path. */
  readonly id: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  #position = 0;
  #rest = Buffer.alloc(0);

  private constructor(path: string, handle: FileHandle, id: number) {
    this.#path = path;
    this.#handle = handle;
    this.id = id;
  }

  /** `undefined` if there is none. Throws ServerError `requirement_missing` if it cannot be read. */
  static async open(path: string): Promise<LogFile | undefined> {
    try {
      const handle = await open(path, "r");
      return new LogFile(path, handle, (await handle.stat()).ino);
    } catch (cause) {
      if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
      const text = `The log ${path} cannot be read (${messageOf(cause)}); it is its owner's, who started the server.`;
      throw new ServerError("requirement_missing", text, { cause });
    }
  }

  /** The end of the file, if no newline ends it. */
  get rest(): string {
    return this.#rest.toString("utf8");
  }

  /** The whole lines that were written since the last call. */
  async *lines(): AsyncGenerator<string, void, undefined> {
    const { size } = await this.#handle.stat();
    if (size < this.#position) {
      // Somebody has emptied it.
      this.#position = 0;
      this.#rest = Buffer.alloc(0);
    }
    const buffer = Buffer.alloc(64 * 1024);
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const bytes = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      this.#rest = bytes.subarray(end);
      if (end > 0) yield* bytes.toString("utf8", 0, end - 1).split("\n");
    }
  }

  /** Whether another file has its path by now. */
  async isReplaced(): Promise<boolean> {
    try {
      return (await stat(this.#path)).ino !== this.id;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false; // It is being moved aside; the new one comes at once.
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
