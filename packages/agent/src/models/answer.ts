import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";

/**
 * What is wrong with an answer. `cut`: it ended before its end, so the call is to be made again. `limit`: the model wrote until its own limit.
 * `malformed`: a tool call in it has arguments that are no JSON object. `refused`: the provider, or the model, will not answer.
 */
const Fault = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cut") }),
  z.object({ kind: z.literal("limit") }),
  z.object({ kind: z.literal("malformed"), tool: z.string() }),
  z.object({ kind: z.literal("refused") }),
]);
export type AnswerFault = z.infer<typeof Fault>;

/** Where a kept answer says its fault. */
const FAULT = "vibewriter_fault";
/** Where a message says which model has given it. */
const ANSWERED_BY = "vibewriter_model";

/** Fields in which the providers say why an answer ended. */
const REASONS = ["stop_reason", "finish_reason", "finishReason", "done_reason"] as const;
const LIMIT = /^(?:max_tokens|length|MAX_TOKENS|model_context_window_exceeded)$/;
/** A call that the provider itself could not read. */
const MALFORMED = /^(?:MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL)$/;
const REFUSED = /^(?:refusal|content_filter|SAFETY|PROHIBITED_CONTENT|BLOCKLIST|RECITATION|SPII|LANGUAGE)$/;

/**
 * Looks whether an answer came whole. LangChain completes the JSON of a call that was cut in the middle, so that half a call would look like a whole
 * one: what the model has really written stands in the chunks.
 * @param seen why it ended, if that was seen beside the message
 */
export function faultIn(message: AIMessage, seen?: string): AnswerFault | undefined {
  const marked = Fault.safeParse(message.response_metadata[FAULT]).data;
  if (marked !== undefined) return marked;
  const reason = seen ?? reasonIn(message.response_metadata) ?? reasonIn(message.additional_kwargs);
  if (isRefusal(reason)) return { kind: "refused" };
  const calls = message.tool_calls?.length ?? 0;
  const broken = brokenCall(message);
  if (reason !== undefined && MALFORMED.test(reason)) return { kind: "malformed", tool: "a tool" };
  if (reason !== undefined && LIMIT.test(reason) && (calls > 0 || broken !== undefined)) return { kind: "limit" };
  // An answer in one piece is whole; one in chunks is when its end was seen.
  if (AIMessageChunk.isInstance(message) && reason === undefined) return { kind: "cut" };
  return broken === undefined ? undefined : { kind: "malformed", tool: broken };
}

/** Whether an answer ended because the provider, or the model, will not give it. */
export function isRefusal(reason: string | undefined): boolean {
  return reason !== undefined && REFUSED.test(reason);
}

/** The same answer, with its fault where it stands when the pieces are gone: what is kept of an answer is kept in one piece. */
export function withFault(message: BaseMessage, fault: AnswerFault): BaseMessage {
  message.response_metadata = { ...message.response_metadata, [FAULT]: fault };
  return message;
}

/** Why an answer ended, in the provider's words, where these fields say it. */
export function reasonIn(fields: Readonly<Record<string, unknown>> | undefined): string | undefined {
  for (const name of REASONS) {
    const value = fields?.[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** The answer as one that came in one piece: what it was put together from would be stored, and sent, once more with each later step. */
function inOnePiece(message: AIMessage): AIMessage {
  if (!AIMessageChunk.isInstance(message)) return message;
  const { content, id, name, response_metadata, usage_metadata, tool_calls = [] } = message;
  const { tool_calls: _, ...additional_kwargs } = message.additional_kwargs;
  return new AIMessage({
    ...{ id, name, response_metadata, usage_metadata, tool_calls, additional_kwargs },
    content: typeof content === "string" ? content : wholeBlocks(content, tool_calls),
  });
}

/** The answer in one piece, with who has given it. */
export function signedBy(model: string, given: AIMessage): AIMessage {
  const answer = inOnePiece(given);
  answer.response_metadata = { ...answer.response_metadata, [ANSWERED_BY]: model };
  return answer;
}

/** The model that has given an answer, where it is known. */
export function answeredBy(message: unknown): string | undefined {
  if (!AIMessage.isInstance(message)) return undefined;
  const name: unknown = message.response_metadata[ANSWERED_BY];
  return typeof name === "string" ? name : undefined;
}

/** Blocks of content without the pieces of calls, and with the arguments of calls where they belong. */
function wholeBlocks(
  blocks: Exclude<AIMessage["content"], string>,
  calls: NonNullable<AIMessage["tool_calls"]>,
): Exclude<AIMessage["content"], string> {
  return blocks.flatMap((block) => {
    if (block.type === "input_json_delta") return [];
    if (block.type !== "tool_use") return [block];
    const call = calls.find(({ id }) => id === block.id);
    return call === undefined ? [] : [{ ...block, input: call.args }];
  });
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
