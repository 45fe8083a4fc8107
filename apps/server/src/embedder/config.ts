import { z } from "zod";
import { guardedAddress } from "../addresses.js";

/** Whose vectors the knowledge base is searched with. */
export const EmbedderConfig = {
  /** `lexical`, `openai:MODEL`, `cohere:MODEL`, `google:MODEL`, `voyage:MODEL` or `local:PATH`; absent: what `kb reembed` chose. */
  embedder: z.string().trim().min(1).max(4_096).optional(),
  /** Where the service of the embedder is, or one that answers like it. */
  embedderUrl: guardedAddress.optional(),
  /** A Qdrant that articles are searched in; absent: in the file of the home. */
  qdrantUrl: guardedAddress.optional(),
};

/** What search authenticates with; never written down. */
export interface SearchKeys {
  /** Of the embedder's service. */
  readonly embedder?: string;
  readonly qdrant?: string;
  /** Those of services under the services' own names. */
  readonly services: Readonly<Record<string, string>>;
}

/** `OPENAI_API_KEY` is not among them: it is a run's. */
const SERVICES = ["COHERE_API_KEY", "GOOGLE_API_KEY", "VOYAGE_API_KEY"] as const;

/** Takes the keys of search out of an environment, so that no child process has them. */
export function takeSearchKeys(env: NodeJS.ProcessEnv): SearchKeys {
  const { VIBEWRITER_EMBEDDER_KEY: embedder, QDRANT_API_KEY: qdrant } = env;
  delete env.VIBEWRITER_EMBEDDER_KEY;
  delete env.QDRANT_API_KEY;
  const services: Record<string, string> = {};
  for (const name of SERVICES) {
    const key = env[name];
    if (key) services[name] = key;
    delete env[name];
  }
  return { ...(embedder && { embedder }), ...(qdrant && { qdrant }), services };
}
