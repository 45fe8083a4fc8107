import { NatsSaverError } from "../errors.js";
import { token } from "../subjects.js";

/** The stream that holds every agent's items, and the bucket for their large values. */
export const MEMORY_STREAM = "VIBEWRITER_MEMORY";
export const MEMORY_BUCKET = "VIBEWRITER_MEMORY";
export const MEMORY_PREFIX = "vibewriter.memory";

/** The server's line of protocol ends at 4,096 bytes, and reads put the subject behind a name of the API. */
const LONGEST_SUBJECT = 2_000;

/** Where one item lives: `vibewriter.memory.<agent>.<namespace...>.<key>`, one token a label, so that a prefix stays a prefix.
 * @throws NatsSaverError `invalid` when the namespace has so many labels that the server could not take it */
export function itemSubject(agent: string, namespace: readonly string[], key: string): string {
  const subject = [MEMORY_PREFIX, ...[agent, ...namespace, key].map(token)].join(".");
  if (subject.length <= LONGEST_SUBJECT) return subject;
  throw new NatsSaverError(
    "invalid",
    `A namespace of ${namespace.length} labels is too deep: use fewer labels (a label may be of any length).`,
  );
}

/** Matches every item of an agent under a namespace prefix; all of them under `[]`. */
export function itemsUnder(agent: string, prefix: readonly string[]): string {
  return [MEMORY_PREFIX, ...[agent, ...prefix].map(token), ">"].join(".");
}
