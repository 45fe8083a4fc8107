import { z } from "zod";
import { isAllowedTarget } from "../notify/config.js";

/** Whose vectors the knowledge base is searched with. */
export const EmbedderConfig = {
  /** `lexical`, `openai:MODEL`, `cohere:MODEL`, `google:MODEL`, `voyage:MODEL` or `local:PATH`; absent: what `kb reembed` chose. */
  embedder: z.string().trim().min(1).max(4_096).optional(),
  /** Where the service of the embedder is, or one that answers like it. */
  embedderUrl: z
    .url()
    .refine(isAllowedTarget, "It must begin with https://, or with http:// and a loopback address")
    .optional(),
};

/** Takes the key of the embedder's service out of an environment, so that no child process has it. */
export function takeEmbedderKey(env: NodeJS.ProcessEnv): string | undefined {
  const { VIBEWRITER_EMBEDDER_KEY: key } = env;
  delete env.VIBEWRITER_EMBEDDER_KEY;
  return key || undefined;
}
