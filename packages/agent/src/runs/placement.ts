import type { QueueName } from "@vibewriter/backbone";
import { AgentError } from "../errors.js";
import { classOf, isReachable, type ModelEnvironment, resolveModel } from "../models/model.js";
import { type ModelNames, modelsOf, namesOf } from "../models/roles.js";
import type { RunBoard } from "./board.js";
import type { RunRecord } from "./record.js";

/** Keys of services that any run may use. They never pass through NATS, so a run that comes with one stays where they are. */
const SERVICES = ["TAVILY_API_KEY", "BRAVE_API_KEY", "SEARXNG_URL", "RUNLOOP_API_KEY", "LANGSMITH_API_KEY"];

/**
 * The model of a new run by its full name: with the person's own keys, or with those of a worker that is there.
 * @throws AgentError `unknown_model`, or `missing_key` if neither has one
 */
export function modelFor(name: string | undefined, keys: ModelEnvironment, board: Pick<RunBoard, "serves">): string {
  try {
    return resolveModel(name, keys);
  } catch (error) {
    const isMissing = error instanceof AgentError && error.code === "missing_key";
    if (isMissing && name !== undefined && board.serves(classOf(name))) return name.trim();
    throw error;
  }
}

/** What says what a worker must have to drive a run. */
export type RunNeeds = Pick<RunRecord, "model" | "models" | "recorded">;

/** What a worker must have to drive a run: its model's provider, or nothing where recorded answers take the model's place. */
export function classOfRun({ model, recorded }: Pick<RunNeeds, "model" | "recorded">): string {
  return recorded === undefined ? classOf(model) : "offline";
}

/** The models of a new run's parts by their full names. Same errors as {@link modelFor}. */
export function modelsFor(names: ModelNames, keys: ModelEnvironment, board: Pick<RunBoard, "serves">): ModelNames {
  const full = (name: string | undefined) => (name === undefined ? undefined : modelFor(name, keys, board));
  return { researcher: full(names.researcher), verifier: full(names.verifier), fallback: full(names.fallback) };
}

/**
 * Where a run goes: to this host if keys came with it that it needs, or if no worker of the pool can do without; else to its class, for
 * whoever has room. A run with models of several providers stays here: a queue is for one.
 */
export function placeFor(
  run: RunNeeds,
  o: { host: string; keys: ModelEnvironment; board: Pick<RunBoard, "serves"> },
): { queue: QueueName; hasKeys: boolean } {
  const all = run.recorded === undefined ? namesOf(modelsOf(run)).map(classOf) : [];
  const [needed = "offline", ...more] = new Set(all.filter((one) => one !== "offline"));
  const hasKeys =
    [needed, ...more].some((one) => isReachable(one, o.keys)) || SERVICES.some((name) => o.keys[name] !== undefined);
  const hasPool = needed === "offline" || (more.length === 0 && o.board.serves(needed));
  return { queue: hasKeys || !hasPool ? `host.${o.host}` : `pool.${needed}`, hasKeys };
}
