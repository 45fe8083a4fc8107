import { codeOf, type VibewriterClient } from "@vibewriter/server";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/**
 * The public key that a person means: a whole one as it is, of whomever; else by the name of an author of this home or the beginning of their key.
 * @throws UsageError if this home has no such author
 */
export async function authorKeyOf(client: Pick<VibewriterClient, "authors">, named: string): Promise<string> {
  if (/^[A-Za-z0-9_-]{43}$/.test(named)) return named;
  try {
    return (await client.authors.get(named)).publicKey;
  } catch (cause) {
    if (codeOf(cause) !== "unknown_author") throw cause;
    const message = `There is no author ${plain(named)} in this home; name others by the whole key, which vibewriter kb show ARTICLE prints.`;
    throw new UsageError(message, { cause });
  }
}
