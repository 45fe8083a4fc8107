import { BackboneError } from "@vibewriter/backbone";
import { isMicroVMError } from "@vibewriter/microvm";
import { AgentError, rootError } from "../errors.js";

/** A failed model call as one sentence that says what to do. The provider's words stay in the cause; what was not the model stays as it is. */
export function explainModelError(model: string, error: unknown): Error {
  const root = rootError(error);
  // What surrounds a call fails as well: NATS that is away, a VM that is lost. Whoever drives the run knows what to do about those.
  if (root instanceof AgentError || root instanceof BackboneError || isMicroVMError(root)) return root;
  return new AgentError("model_failed", sentenceFor(model, statusOf(root), root), { cause: root });
}

function sentenceFor(model: string, status: number | undefined, error: Error): string {
  if (status === 401 || status === 403)
    return `${model} refused the key; check that it is right and may use this model, then resume the run.`;
  if (status === 404)
    return `The provider does not know the model ${model}; check its name and start again with another --model.`;
  if (status === 402 || /credit|quota|billing/i.test(error.message)) {
    return `The account of ${model} has no credit left; top it up, then resume the run.`;
  }
  if (status === 429) return `${model} is over its rate limit; wait a little, then resume the run.`;
  if (status === 413 || /context length|too long|maximum context|prompt is too/i.test(error.message)) {
    return `The run has grown too long for ${model}; start it again with fewer sources or a model with a longer context.`;
  }
  if (status !== undefined && status >= 500)
    return `${model} has trouble of its own (HTTP ${status}); wait a little, then resume the run.`;
  if (isUnreachable(error))
    return `${model} cannot be reached; check the network or that the server runs, then resume the run.`;
  return `${model} failed: ${error.message.split("\n")[0]?.slice(0, 200)}; resume the run, or start it with another --model.`;
}

function statusOf(error: Error): number | undefined {
  if ("status" in error && typeof error.status === "number") return error.status;
  if ("status_code" in error && typeof error.status_code === "number") return error.status_code;
  return undefined;
}

function isUnreachable(error: Error): boolean {
  const text = `${error.name} ${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|fetch failed|connection error|APIConnection/i.test(
    text,
  );
}
