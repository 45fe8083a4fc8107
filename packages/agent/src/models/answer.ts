import { AIMessage, AIMessageChunk } from "@langchain/core/messages";

/**
 * What is wrong with an answer. `cut`: it ended before its end, so the call is to be made again. `limit`: the model wrote until its own limit.
 * `malformed`: a tool call in it has arguments that are no JSON object. `refused`: the provider, or the model, will not answer.
 */
export type AnswerFault =
  | { readonly kind: "cut" }
  | { readonly kind: "limit" }
  | { readonly kind: "malformed"; readonly tool: string }
  | { readonly kind: "refused" };

/** Fields in which the providers say why an answer ended. */
const REASONS = ["stop_reason", "finish_reason", "finishReason", "done_reason"] as const;
const LIMIT = /^(?:max_tokens|length|MAX_TOKENS|model_context_window_exceeded)$/;
const REFUSED = /^(?:refusal|content_filter|SAFETY|PROHIBITED_CONTENT|BLOCKLIST|RECITATION)$/;

/**
 * Looks whether an answer came whole. LangChain completes the JSON of a call that was cut in the middle, so that half a call would look like a whole
 * one: what the model has really written stands in the chunks.
 */
export function faultIn(message: AIMessage): AnswerFault | undefined {
  const reason = reasonOf(message);
  if (reason !== undefined && REFUSED.test(reason)) return { kind: "refused" };
  const calls = message.tool_calls?.length ?? 0;
  const broken = brokenCall(message);
  if (reason !== undefined && LIMIT.test(reason) && (calls > 0 || broken !== undefined)) return { kind: "limit" };
  // An answer in one piece is whole; one in chunks is when its end was seen.
  if (AIMessageChunk.isInstance(message) && reason === undefined) return { kind: "cut" };
  return broken === undefined ? undefined : { kind: "malformed", tool: broken };
}

/** Why the answer ended, in the provider's words. */
export function reasonOf(message: AIMessage): string | undefined {
  for (const place of [message.response_metadata, message.additional_kwargs]) {
    for (const name of REASONS) {
      const value: unknown = Reflect.get(place, name);
      if (typeof value === "string" && value !== "") return value;
    }
  }
  return undefined;
}

/** The name of the first call whose arguments are no JSON object. */
function brokenCall(message: AIMessage): string | undefined {
  const [invalid] = message.invalid_tool_calls ?? [];
  if (invalid !== undefined) return invalid.name ?? "a tool";
  const chunks = AIMessageChunk.isInstance(message) ? (message.tool_call_chunks ?? []) : [];
  return chunks.find(({ args }) => args !== undefined && args !== "" && !isObject(args))?.name ?? undefined;
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
