import type { QueueName } from "@vibewriter/backbone";
import { AgentError } from "../errors.js";
import { CLASSES, classOf, type ModelEnvironment, resolveModel, variablesOf } from "../models/model.js";
import type { RunBoard } from "./board.js";
import type { RunRecord } from "./record.js";

/** Keys of services that any run may use. They never pass through NATS, so a run that comes with one stays where they are. */
const SERVICES = ["TAVILY_API_KEY", "BRAVE_API_KEY", "SEARXNG_URL", "RUNLOOP_API_KEY", "LANGSMITH_API_KEY"];

/**
 * The model of a new run by its full name: with the person's own keys, or with those of a worker that is there.
 * @throws AgentError `unknown_model`, or `missing_key` if neither has one
 */
export function modelFor(name: string | undefined, keys: ModelEnvironment, board: RunBoard): string {
  try {
    return resolveModel(name, keys);
  } catch (error) {
    const isMissing = error instanceof AgentError && error.code === "missing_key";
    if (isMissing && name !== undefined && board.serves(classOf(name))) return name.trim();
    throw error;
  }
}

/** What a worker must have to drive a run: its model's provider, or nothing where recorded answers take the model's place. */
export function classOfRun({ model, recorded }: Pick<RunRecord, "model" | "recorded">): string {
  return recorded === undefined ? classOf(model) : "offline";
}

/**
 * Where a run goes: to this host if keys came with it that it needs, or if no worker of the pool can do without; else to its class, for
 * whoever has room.
 */
export function placeFor(
  class_: string,
  o: { host: string; keys: ModelEnvironment; board: RunBoard },
): { queue: QueueName; hasKeys: boolean } {
  const hasKeys = [...variablesOf(class_), ...SERVICES].some((name) => o.keys[name] !== undefined);
  const hasPool = class_ === "offline" || o.board.serves(class_);
  return { queue: hasKeys || !hasPool ? `host.${o.host}` : `pool.${class_}`, hasKeys };
}

/** The classes of the pool that a worker with this environment serves. */
export function classesOf(env: ModelEnvironment): string[] {
  return CLASSES.filter((one) => one === "offline" || variablesOf(one).some((name) => env[name] !== undefined));
}
