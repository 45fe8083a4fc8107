import type { Caller } from "../call.js";
import { EmbedderStatus, Reembedded, ReembedProgress } from "./api.js";

/** The embedder of a home, for its clients. Failures are ServerErrors with the codes of the knowledge base. */
export class EmbedderClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  status(): Promise<EmbedderStatus> {
    return this.#caller.call("GET", "/v1/kb/embedder", EmbedderStatus);
  }

  /** Returns when the index is made; whoever stops waiting stops nothing. Without a name: with the embedder of the settings. */
  reembed(
    embedder: string | undefined,
    o: { signal?: AbortSignal; onProgress?: (progress: ReembedProgress) => void },
  ): Promise<Reembedded> {
    return this.#caller.work("POST", "/v1/kb/embedder", Reembedded, {
      body: { embedder },
      signal: o.signal,
      onProgress: (value) => o.onProgress?.(ReembedProgress.parse(value)),
    });
  }
}
