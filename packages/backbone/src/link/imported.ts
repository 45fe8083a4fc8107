import { BackboneError } from "../errors.js";
import { type Imported, Link } from "./link.js";
import { asBackboneError, isForbidden, isTransient } from "./transient.js";

/** How a tenant's account sees the streams of the shared Choir; `tenants/choir-account.ts` lets it. */
export const IMPORTED: Imported = { apiPrefix: "vibewriter.choir.api", newsPrefix: "vibewriter.choir.news." };

const PROBE_MS = 2_000;
const TRIES = 5;

/**
 * True if a stream of this name is another account's, which lets this one read and append. An account of its own has
 * nobody who answers.
 * @throws BackboneError `not_ready` if that account does not have the stream yet, `unavailable` if it does not answer
 */
export async function isImported(link: Link, stream: string): Promise<boolean> {
  let last: unknown;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const subject = `${IMPORTED.apiPrefix}.STREAM.INFO.${stream}`;
      const answer = await link.connection.request(subject, "", { timeout: PROBE_MS });
      const { error } = answer.json<{ error?: { description?: string } }>();
      if (!error) return true;
      const why = `The account of the Choir has no ${stream} yet (${error.description}); run \`vibewriter tenant prepare\` there.`;
      throw new BackboneError("not_ready", why);
    } catch (error) {
      // Nobody to ask, or nobody who may ask: then it is this account's own stream. A late answer may be either.
      if (isForbidden(error) || /no responders/i.test(String(error))) return false;
      if (!isTransient(error)) throw asBackboneError(error, `find ${stream}`);
      last = error;
    }
  }
  throw new BackboneError("unavailable", `NATS did not say whose the stream ${stream} is; try again.`, { cause: last });
}

/** A link to the streams of the Choir's account, over the same connection. */
export async function importedLink(link: Link): Promise<Link> {
  return await Link.over(link.connection, { imported: IMPORTED, secrets: link.secrets });
}
