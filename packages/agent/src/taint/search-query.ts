import { Refusal } from "../tools/refusal.js";
import { type Guarded, keepSecrets } from "./output-filter.js";

/** Characters. The tools that search say so to models. */
export const LONGEST_QUERY = 300;
/** No word of any language that a search is asked in is as long; a coded message is one. */
const LONGEST_WORD = 64;

/** A query of a person's own words, as `checkQuery` lets it through: its words, each no longer than one, as many as there is room for. */
export function queryOf(text: string): string {
  let query = "";
  for (const whole of text.trim().split(/\s+/)) {
    const word = whole.slice(0, LONGEST_WORD);
    const longer = query === "" ? word : `${query} ${word}`;
    if (longer.length > LONGEST_QUERY) break;
    query = longer;
  }
  return query;
}

/**
 * A query goes to the services that search, and what they log is not ours. No secret goes there, no long text, and nothing that is more of a
 * code than a word: what a page has talked an agent into telling has to be short and in plain words.
 * @throws Refusal `secret_found`, `invalid_argument`
 */
export function checkQuery(context: Guarded, query: string): void {
  keepSecrets(context, "search query", query);
  if (query.length > LONGEST_QUERY) {
    throw new Refusal(
      "invalid_argument",
      `A query has at most ${LONGEST_QUERY} characters; ask with the words that matter.`,
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
