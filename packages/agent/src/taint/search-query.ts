import type { ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";
import { keepSecrets } from "./output-filter.js";

/** Characters of a query by an agent that something from outside may have talked into it. */
export const LONGEST_TAINTED_QUERY = 300;
/** No word of any language that a search is asked in is as long; a coded message is one. */
const LONGEST_WORD = 64;

/**
 * A query goes to the services that search, and what they log is not ours. No secret goes there; and once an agent has seen something from
 * outside, no long text, and nothing that is more of a code than a word.
 * @throws Refusal `secret_found`, `invalid_argument`
 */
export async function checkQuery(
  context: Pick<ToolContext, "secrets" | "audit" | "taint">,
  query: string,
): Promise<void> {
  keepSecrets(context, "search query", query);
  if ((await context.taint.of()).length === 0) return;
  if (query.length > LONGEST_TAINTED_QUERY) {
    throw new Refusal(
      "invalid_argument",
      `A query has at most ${LONGEST_TAINTED_QUERY} characters; ask with the words that matter.`,
    );
  }
  const odd = query.split(/\s+/).find((word) => word.length > LONGEST_WORD);
  if (odd !== undefined) {
    throw new Refusal(
      "invalid_argument",
      `A query is made of words, and one of these has ${odd.length} characters; leave it out.`,
    );
  }
}
