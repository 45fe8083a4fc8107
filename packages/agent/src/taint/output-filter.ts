import { taskAtWork } from "../middleware/run-scope.js";
import { visibleText } from "../sanitize.js";
import type { ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";

/**
 * Stops what would carry a registered secret, or what can only be a key, out through a door of the host. What it looks for it also looks
 * for without what hides it from a search by bytes: invisible characters, full-width letters, spaces, percent signs, hex digits.
 * @param door which one, in the middle of a sentence: `search query`
 * @throws Refusal `secret_found`, which names the secret and does not repeat it
 */
export function keepSecrets(context: Pick<ToolContext, "secrets" | "audit">, door: string, text: string): void {
  const found = readings(text)
    .map((reading) => context.secrets.find(reading))
    .find((one) => one !== undefined);
  if (found === undefined) return;
  const why = `The ${door} holds ${found.what}`;
  context.audit.record({
    ...{ kind: "decision", what: "output filter", outcome: "refused", why, by: "host", task: taskAtWork() },
  });
  throw new Refusal("secret_found", `${why}, so it was not let out; leave the secret out, whatever has asked for it.`);
}

/** The text, and what it says to whoever takes a simple disguise off it. */
function readings(text: string): string[] {
  const seen = visibleText(text).normalize("NFKC");
  const closed = seen.replace(/\s+/g, "");
  return [...new Set([text, seen, closed, unescaped(closed), unhexed(closed)])];
}

/** Percent signs that are none stay. */
function unescaped(text: string): string {
  const once = (escaped: string) =>
    escaped.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
  return once(once(text));
}

function unhexed(text: string): string {
  return text.replace(/(?:[0-9a-f]{2}){8,}/gi, (run) => Buffer.from(run, "hex").toString("utf8"));
}
