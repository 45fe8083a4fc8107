import { BackboneError } from "@vibewriter/backbone";
import { isMicroVMError } from "@vibewriter/microvm";
import { AgentError, type AgentErrorCode, rootError } from "../errors.js";
import { visibleText } from "../sanitize.js";
import { isGooglePerMinute, isGoogleQuota } from "./google-failure.js";
import { MODEL_NAMES } from "./provider.js";

/** What a model's failure may be; see {@link AgentErrorCode} for what each means. */
const MODEL_CODES = [
  "bad_key",
  "no_credit",
  "unknown_model",
  "context_too_long",
  "content_refused",
  "model_busy",
  "model_unreachable",
  "bad_answer",
  "model_failed",
  "no_time_left",
] as const satisfies readonly AgentErrorCode[];
export type ModelCode = (typeof MODEL_CODES)[number];

/** Those that may be over when the call is made again. */
const MAY_PASS: ReadonlySet<ModelCode> = new Set(["model_busy", "model_unreachable"]);

/** A failed model call as one sentence that says what to do. The provider's words stay in the cause; what was not the model stays as it is. */
export function explainModelError(model: string, error: unknown): Error {
  const root = rootError(error);
  // What surrounds a call fails as well: NATS that is away, a VM that is lost. Whoever drives the run knows what to do about those.
  if (root instanceof AgentError || root instanceof BackboneError || isMicroVMError(root)) return root;
  const code = codeFor(root);
  return new AgentError(code, sentenceFor(code, model, root), { cause: root });
}

/** Whether it was the model that failed, and not what surrounds it: NATS that is away, a VM that is lost. */
export function isModelFailure(error: Error): boolean {
  return modelCodeOf(error) !== undefined;
}

/** How a model failed; undefined where it was something else. */
export function modelCodeOf(error: unknown): ModelCode | undefined {
  return MODEL_CODES.find((code) => error instanceof AgentError && error.code === code);
}

/** Whether it was the run that had no time left: no other model is asked instead, and this one is no worse for it. */
export function isOutOfTime(error: unknown): boolean {
  return modelCodeOf(error) === "no_time_left";
}

/** Whether the server could not read the tool call that its model wrote, as Ollama says it: the model is to be told so. */
export function isUnreadableCall(error: unknown): boolean {
  return /error parsing tool call/i.test(rootError(error).message);
}

/** Whether the same call may succeed a little later: the service is busy, or the way to it is broken. */
export function mayPass(error: unknown): boolean {
  const root = rootError(error);
  if (root instanceof AgentError) return MODEL_CODES.some((code) => code === root.code && MAY_PASS.has(code));
  return !(root instanceof BackboneError) && !isMicroVMError(root) && MAY_PASS.has(codeFor(root));
}

/** The status, and the type that the provider names, say more than its words do: those of a rate limit speak of billing, too. */
function codeFor(error: Error): ModelCode {
  const status = statusOf(error);
  const words = `${error.name} ${error.message} ${typeOf(error)}`;
  switch (status) {
    case 401:
    case 403:
      return "bad_key";
    case 402:
      return "no_credit";
    case 404:
      return "unknown_model";
    case 408:
      return "model_busy";
    case 413:
      return "context_too_long";
    case 429:
      return codeOfLimit(error, words);
  }
  if (status !== undefined && status >= 500) return "model_busy";
  // What fails on the way there, or inside of a stream, has no status.
  if (status === undefined && /overloaded|rate.?limit|api_error|server_error|TimeoutError/i.test(words))
    return "model_busy";
  if (status === undefined && isUnreachable(error)) return "model_unreachable";
  if (/insufficient_quota|credit balance|out of credits|billing|quota (?:has been )?exhausted/i.test(words))
    return "no_credit";
  if (/api.?key.*(?:not valid|invalid)/i.test(words)) return "bad_key";
  if (/context.?length|too long|maximum context|prompt is too|ContextOverflow|exceeds the context/i.test(words))
    return "context_too_long";
  if (/content.?(?:filter|policy|management)|safety (?:system|settings|reasons?)|PromptBlocked/i.test(words))
    return "content_refused";
  return "model_failed";
}

/** 429 is mostly a matter of a moment. It is not where the account is used up, or where one request is more than a minute allows. */
function codeOfLimit(error: Error, words: string): ModelCode {
  const body: unknown = Reflect.get(error, "data");
  if (/insufficient_quota|credit balance|out of credits/i.test(words)) return "no_credit";
  if (isGoogleQuota(body)) return isGooglePerMinute(body) ? "model_busy" : "no_credit";
  return /request too large/i.test(words) ? "context_too_long" : "model_busy";
}

function sentenceFor(code: ModelCode, model: string, error: Error): string {
  const status = statusOf(error);
  switch (code) {
    case "bad_key":
      return `${model} refused the key; check that it is right and may use this model, then resume the run.`;
    case "unknown_model":
      return `The provider does not know the model ${model}; check its name and start again with another --model, one of ${MODEL_NAMES}.`;
    case "no_credit":
      return `The account of ${model} has no credit left; top it up, then resume the run.`;
    case "context_too_long":
      return `The run has grown too long for ${model}; start it again with fewer sources or a model with a longer context.`;
    case "content_refused":
      return `${model} refused to answer because of what it was given; leave out the source that it refuses, or use another --model.`;
    case "model_busy":
      return status === 429
        ? `${model} is over its rate limit; wait a little, then resume the run.`
        : `${model} has trouble of its own${status === undefined ? "" : ` (HTTP ${status})`}; wait a little, then resume the run.`;
    case "model_unreachable":
      return `${model} cannot be reached; check the network or that the server runs, then resume the run.`;
    default:
      return `${model} failed: ${wordsOf(error)}; resume the run, or start it with another --model.`;
  }
}

/** The beginning of what the provider says, without what may be a key: providers repeat the one that they refuse. */
function wordsOf(error: Error): string {
  const line = visibleText(error.message).split("\n")[0]?.slice(0, 200) ?? "";
  return line.replace(/[A-Za-z0-9_-]{16,}/g, (word) => (/\d/.test(word) ? "[…]" : word)).replace(/[.;\s]+$/, "");
}

/** The HTTP status that an error, or its cause, tells of, under the name that its client gives it. */
export function statusOf(error: Error): number | undefined {
  for (const name of ["status", "status_code", "statusCode"]) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === "number") return value;
  }
  return error.cause instanceof Error ? statusOf(error.cause) : undefined;
}

/** The type and the code that a provider gives its error in the body, as in `{"error":{"type":"overloaded_error"}}`. */
function typeOf(error: Error): string {
  let at: unknown = error;
  const found: string[] = [];
  for (let depth = 0; depth < 4 && typeof at === "object" && at !== null; depth++) {
    for (const name of ["type", "code"]) {
      const value: unknown = Reflect.get(at, name);
      if (typeof value === "string") found.push(value);
    }
    at = Reflect.get(at, "error");
  }
  return found.join(" ");
}

function isUnreachable(error: Error): boolean {
  const text = `${error.name} ${error.message} ${error.cause instanceof Error ? `${error.cause.name} ${error.cause.message}` : ""}`;
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|EPIPE|ETIMEDOUT|fetch failed|connection error|APIConnection|terminated|premature close|socket hang up|other side closed|UND_ERR|did not receive done/i.test(
    text,
  );
}
