import { asError, type Caller, parseJson } from "../call.js";
import { send, textOf } from "../http-over-socket.js";
import type { ReportQuery } from "./api.js";

/** Until the longest report, styled and laid out, has begun to arrive. */
const REPORT_MS = 120_000;

/** The reports of runs as files, for the clients of a home. Failures are ServerErrors: `run_not_found`, `no_report`, `export_failed`, `invalid_input`. */
export class ReportsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The report of a run, or the draft that it did not publish, as a file. */
  async make(run: string, query: ReportQuery, signal?: AbortSignal): Promise<Uint8Array> {
    const path = `/v1/runs/${encodeURIComponent(run)}/report`;
    const { socket } = this.#caller;
    const incoming = await send({ socket, method: "POST", path, body: query, timeoutMs: REPORT_MS, signal });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    incoming.setTimeout(REPORT_MS, () => incoming.destroy());
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}
