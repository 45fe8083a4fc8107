import { BackboneError } from "../errors.js";

/** A queue of tasks: for any worker of a class (`pool.<class>`), or for the workers of one host (`host.<host>`). */
export type QueueName = `pool.${string}` | `host.${string}`;

const ROOT = "vibewriter.tasks";
const NAME = /^(?:pool|host)\.[A-Za-z0-9_-]{1,64}$/;
const TASK_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** The subject of one task. Throws BackboneError `invalid` for a name or id that is no token of a subject. */
export function taskSubject(queue: QueueName, id: string): string {
  if (!TASK_ID.test(id)) {
    throw new BackboneError("invalid", `"${id}" cannot be the id of a task: use letters, digits, "-" and "_" only.`);
  }
  return `${queueSubject(queue)}.${id}`;
}

/** The subject of all tasks of a queue, without its last token. Throws BackboneError `invalid`. */
export function queueSubject(queue: QueueName): string {
  if (NAME.test(queue)) return `${ROOT}.${queue}`;
  throw new BackboneError("invalid", `"${queue}" is no queue: write pool.<class> or host.<host>.`);
}

/** The one consumer that all workers of a queue share. */
export function consumerName(queue: QueueName): string {
  return queueSubject(queue)
    .slice(ROOT.length + 1)
    .replace(".", "_");
}

/** The queue and the id of a task, by its subject. */
export function partsOf(subject: string): { queue: QueueName; id: string } {
  const [kind, name, id = ""] = subject.slice(ROOT.length + 1).split(".");
  return { queue: kind === "host" ? `host.${name}` : `pool.${name}`, id };
}
