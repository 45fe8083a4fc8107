import { asError, type Caller, parseJson } from "../call.js";
import { send, textOf } from "../http-over-socket.js";
import { type Import, ImportReport } from "./api.js";

/** Until an export of the longest article has begun to arrive. */
const EXPORT_MS = 60_000;

/** Articles as files, for the clients of a home. Failures are ServerErrors: `unknown_article`, `export_failed`, `invalid_import`. */
export class KbFilesClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** An article, or `<id>@<version>`, as a file. */
  async export(article: string, format: string, signal?: AbortSignal): Promise<Uint8Array> {
    const path = `/v1/articles/${encodeURIComponent(article)}/export?${new URLSearchParams({ format })}`;
    const incoming = await send({ socket: this.#caller.socket, method: "GET", path, timeoutMs: EXPORT_MS, signal });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    incoming.setTimeout(EXPORT_MS, () => incoming.destroy());
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Publishes the texts of a folder or a file; an abort ends it between two of them, and another import goes on from there. */
  import(
    request: Import,
    { onProgress, signal }: { onProgress?: (soFar: ImportReport) => void; signal?: AbortSignal } = {},
  ): Promise<ImportReport> {
    return this.#caller.work("POST", "/v1/articles/import", ImportReport, {
      body: request,
      signal,
      onProgress: (value) => onProgress?.(ImportReport.parse(value)),
    });
  }
}
