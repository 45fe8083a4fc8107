import type { RunnableConfig } from "@langchain/core/runnables";
import { z } from "zod";
import { NatsSaverError } from "./errors.js";

const configurableSchema = z
  .object({
    thread_id: z.string().min(1).optional(),
    checkpoint_ns: z.string().optional(),
    checkpoint_id: z.string().optional(),
    /** The name that older LangGraph versions used for `checkpoint_id`. */
    thread_ts: z.string().optional(),
  })
  .transform(({ thread_id, checkpoint_ns, checkpoint_id, thread_ts }) => ({
    thread: thread_id,
    namespace: checkpoint_ns,
    checkpoint: checkpoint_id || thread_ts || undefined,
  }));

/** What a LangGraph config points at. */
export type Target = z.infer<typeof configurableSchema>;

/** Reads a LangGraph config.
 * @throws NatsSaverError `invalid` when an id is not a text */
export function targetOf(config: RunnableConfig | undefined): Target {
  const parsed = configurableSchema.safeParse(config?.configurable ?? {});
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new NatsSaverError(
    "invalid",
    `The config's "configurable" cannot be used (${problem}): pass ids as non-empty strings.`,
  );
}

/** The same for calls that need a thread. */
export function threadOf(config: RunnableConfig, what: string): Target & { thread: string } {
  const { thread, ...rest } = targetOf(config);
  if (thread === undefined) {
    throw new NatsSaverError("invalid", `${what} needs a thread: pass { configurable: { thread_id: "..." } }.`);
  }
  return { thread, ...rest };
}

/** The config by which a stored checkpoint is addressed. */
export function configFor(thread: string, namespace: string, checkpoint: string) {
  return { configurable: { thread_id: thread, checkpoint_ns: namespace, checkpoint_id: checkpoint } };
}
