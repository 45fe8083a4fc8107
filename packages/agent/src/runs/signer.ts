import { ChoirError, type Signer } from "@vibewriter/choir";
import { AgentError } from "../errors.js";
import { RemoteSigner, type Waiting } from "../publishing/signatures.js";
import type { RunParts } from "./parts.js";
import type { RunRecord } from "./record.js";

/**
 * What signs for the author of a run: the key in this home or, if it has none, the host where the run was asked for.
 * @throws AgentError `cannot_sign` if the key cannot be opened
 */
export async function signerOf(
  { authors, signatures, worker }: Pick<RunParts, "authors" | "signatures" | "worker">,
  { runId, author, authorKey, origin = worker.host }: Pick<RunRecord, "runId" | "author" | "authorKey" | "origin">,
  waiting: Waiting,
): Promise<Signer> {
  try {
    // Records of earlier releases name no key.
    const publicKey = authorKey ?? (await authors.named(author)).publicKey;
    const signer = await authors.signer(publicKey);
    if (signer !== undefined) return signer;
    if (origin !== worker.host) return new RemoteSigner(signatures, { publicKey, runId, host: origin, ...waiting });
  } catch (cause) {
    // To the model it would be an answer, and there is nothing that it could do.
    if (cause instanceof ChoirError) throw new AgentError("cannot_sign", cause.message, { cause });
    throw cause;
  }
  throw new AgentError("cannot_sign", `The key of author “${author}” is gone from this home; import it, then resume.`);
}
