import { ChoirError } from "../errors.js";
import { canonicalJson } from "./article.js";
import { isSignedBy, type Signer } from "./signer.js";

/**
 * What an author signs: a name that says what kind of statement it is and of which form, and its fields. No signature on one kind can be
 * passed off as one on another.
 */
export type StatementName = "vibewriter/article/1" | "vibewriter/retraction/1" | "vibewriter/citation/1";

/** The bytes that are signed: canonical JSON, in UTF-8. */
export function statementBytes(statement: StatementName, fields: object): Uint8Array {
  return Buffer.from(canonicalJson({ ...fields, statement }));
}

/**
 * Signs a statement and checks what came back, so that nothing is written that nobody could verify.
 * @returns base64url
 * @throws ChoirError `bad_signature`, and what the signer throws
 */
export async function signStatement(signer: Signer, name: StatementName, fields: object): Promise<string> {
  const bytes = statementBytes(name, fields);
  const signature = Buffer.from(await signer.sign(bytes)).toString("base64url");
  if (isSignedBy(signer.publicKey, bytes, signature)) return signature;
  throw new ChoirError("bad_signature", `The signature of author ${signer.publicKey} does not verify: check its key.`);
}

/** @throws ChoirError `bad_event` if it is not what the author of this key has signed */
export function verifyStatement(name: StatementName, fields: { authorKey?: string }, signature: string): void {
  const { authorKey = "" } = fields;
  if (isSignedBy(authorKey, statementBytes(name, fields), signature)) return;
  throw new ChoirError("bad_event", `It is not signed by the author that it names (${authorKey || "none"}).`);
}
