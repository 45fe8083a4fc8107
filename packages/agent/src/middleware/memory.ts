import { type BackendProtocolV2, createMemoryMiddleware } from "deepagents";
import { createMiddleware } from "langchain";

/** Where an agent keeps what it is to remember, in its VM. */
export const MEMORY = "/memories/AGENTS.md";

/**
 * deepagents' memory, read anew for each turn: by itself it is read once for a thread, and what was remembered in the first turn would be
 * missing from the twentieth, when the first has been summarized.
 */
export function memory(backend: BackendProtocolV2) {
  const once = createMemoryMiddleware({ backend, sources: [MEMORY], addCacheControl: true });
  const { beforeAgent } = once;
  if (typeof beforeAgent !== "function") throw new Error("deepagents' memory has no beforeAgent any more.");
  return createMiddleware({
    ...once,
    beforeAgent: (state, runtime) => beforeAgent({ ...state, memoryContents: undefined }, runtime),
  });
}
