import { ChoirError, type Signer } from "@vibewriter/choir";
import { AgentError } from "../errors.js";
import type { RunParts } from "./parts.js";
import type { RunRecord } from "./record.js";

/**
 * What signs for the author of a run: the key in this home.
 * @throws AgentError `cannot_sign` if it is not here, or cannot be opened
 */
export async function signerOf(
  { authors }: Pick<RunParts, "authors">,
  { author, authorKey, origin }: Pick<RunRecord, "author" | "authorKey" | "origin">,
): Promise<Signer> {
  try {
    const publicKey = authorKey ?? (await authors.named(author)).publicKey;
    const signer = await authors.signer(publicKey);
    if (signer !== undefined) return signer;
  } catch (cause) {
    // To the model it would be an answer, and there is nothing that it could do.
    if (cause instanceof ChoirError) throw new AgentError("cannot_sign", cause.message, { cause });
    throw cause;
  }
  throw new AgentError(
    "cannot_sign",
    `The key of author “${author}” is on the host ${origin ?? "where the run was asked for"}; resume the run there.`,
  );
}
