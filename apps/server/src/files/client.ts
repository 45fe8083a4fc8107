import { createHash } from "node:crypto";
import { asError, type Caller, parseJson } from "../call.js";
import { ServerError } from "../errors.js";
import { send, textOf } from "../http-over-socket.js";
import { type AgentFile, FileAnswer, FilesAnswer, HistoryAnswer } from "./api.js";

/** Until a file of any size is stored. */
const UPLOAD_MS = 6 * 3_600_000;

/** A file of an agent, or a version of it. */
export interface FileName {
  readonly agent: string;
  readonly path: string;
  readonly version?: number;
}

/** The files that agents keep, for the clients of a home. Failures are ServerErrors: `not_found`, `corrupt`, ... */
export class FilesClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** By path. */
  async list(agent: string, prefix: string): Promise<AgentFile[]> {
    return (await this.#caller.call("GET", `/v1/files?${new URLSearchParams({ agent, prefix })}`, FilesAnswer)).files;
  }

  /** The versions that are kept, oldest first. */
  async history(name: FileName): Promise<AgentFile[]> {
    return (await this.#caller.call("GET", `/v1/files/history?${queryOf(name)}`, HistoryAnswer)).versions;
  }

  async stat(name: FileName): Promise<AgentFile> {
    return (await this.#caller.call("GET", `/v1/files/stat?${queryOf(name)}`, FileAnswer)).file;
  }

  /** The content, as fast as it is read here, checked against its digest at the end. */
  async *read(name: FileName, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const path = `/v1/files/content?${queryOf(name)}`;
    const incoming = await send({ socket: this.#caller.socket, method: "GET", path, timeoutMs: 60_000, signal });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    const sha = createHash("sha256");
    try {
      for await (const chunk of incoming) {
        const bytes: Buffer = chunk;
        sha.update(bytes);
        yield bytes;
      }
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const text = `"${name.path}" could not be read to its end: it is damaged in the store, or the server ended; try another version of it.`;
      throw new ServerError("corrupt", text, { cause });
    }
    if (sha.digest("hex") === incoming.headers["x-sha256"]) return;
    throw new ServerError(
      "corrupt",
      `"${name.path}" is damaged in the store; put it there again, or read another version of it.`,
    );
  }

  /** Stores a file as its newest version, whole or not at all. */
  async write(name: FileName, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<AgentFile> {
    const path = `/v1/files/content?${queryOf(name)}`;
    const incoming = await send({
      socket: this.#caller.socket,
      method: "PUT",
      path,
      content,
      timeoutMs: UPLOAD_MS,
      signal,
    });
    const value = parseJson(await textOf(incoming));
    if ((incoming.statusCode ?? 500) >= 400) throw asError(value);
    return FileAnswer.parse(value).file;
  }
}

function queryOf({ agent, path, version }: FileName): URLSearchParams {
  return new URLSearchParams({ agent, path, ...(version === undefined ? {} : { version: String(version) }) });
}
