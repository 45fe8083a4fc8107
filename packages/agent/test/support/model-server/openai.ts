import { z } from "zod";
import { argumentsOf, type ModelReply, piecesOf, type ServedCall, type ServedMessage, tokensIn } from "./brain.js";
import type { Protocol, StreamEvent } from "./protocol.js";

const Words = z.union([z.string(), z.null(), z.array(z.object({ type: z.literal("text"), text: z.string() }).loose())]);
/** Longer ones are refused. */
const CallId = z.string().max(40);
const Call = z.object({
  id: CallId,
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const Message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: Words.optional(),
  tool_calls: z.array(Call).optional(),
  tool_call_id: CallId.optional(),
});
const Question = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean() }).optional(),
  tools: z
    .array(z.object({ type: z.literal("function"), function: z.object({ name: z.string() }).loose() }))
    .optional(),
  messages: z.array(Message).min(1),
});

/** OpenAI's Chat Completions interface: https://platform.openai.com/docs/api-reference/chat, which many others speak too. */
export const openaiProtocol: Protocol = {
  path: /^\/v1\/chat\/completions$/,
  variables: (url) => ({ OPENAI_API_KEY: "no-real-key", OPENAI_BASE_URL: `${url}/v1` }),
  parse(body) {
    const { model, stream = false, tools = [], messages } = Question.parse(body);
    const system = messages.filter(({ role }) => role === "system" || role === "developer");
    return {
      ...{ model, stream, system: system.map(({ content }) => wordsOf(content)).join("\n") },
      tools: tools.map((tool) => tool.function.name),
      messages: messages.flatMap((message) => messageOf(message) ?? []),
    };
  },
  whole(reply, id) {
    const calls = callsOf(reply, id);
    const tool_calls = calls.length === 0 ? undefined : calls.map(wireCall);
    const message = { role: "assistant", content: reply.text ?? null, tool_calls };
    return {
      ...{ id, object: "chat.completion", created: 0, model: "served", usage: usageOf(reply) },
      choices: [{ index: 0, message, finish_reason: reasonOf(reply), logprobs: null }],
    };
  },
  *stream(reply, id) {
    const chunk = (delta: object, finish_reason: string | null = null): StreamEvent =>
      event({ ...head(id), choices: [{ index: 0, delta, finish_reason, logprobs: null }] });
    yield chunk({ role: "assistant", content: reply.text === undefined ? null : "" });
    do {
      for (const content of piecesOf(reply.text ?? "")) yield chunk({ content });
    } while (reply.endless);
    for (const [index, call] of callsOf(reply, id).entries()) {
      const { function: f, ...rest } = wireCall(call);
      yield chunk({ tool_calls: [{ index, ...rest, function: { name: f.name, arguments: "" } }] });
      for (const piece of piecesOf(f.arguments))
        yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
    yield chunk({}, reasonOf(reply));
    yield event({ ...head(id), choices: [], usage: usageOf(reply) });
    yield { data: "[DONE]" };
  },
  refusal: ({ type, message }) => ({ error: { message, type, param: null, code: type } }),
  refusalEvent: ({ type, message }) => event({ error: { message, type, param: null, code: type } }),
};

function head(id: string) {
  return { id, object: "chat.completion.chunk", created: 0, model: "served" };
}

function event(data: object): StreamEvent {
  return { data: JSON.stringify(data) };
}

function wireCall(call: ServedCall & { id: string }) {
  return { id: call.id, type: "function", function: { name: call.name, arguments: argumentsOf(call) } };
}

function messageOf({
  role,
  content,
  tool_calls = [],
  tool_call_id,
}: z.infer<typeof Message>): ServedMessage | undefined {
  if (role === "system" || role === "developer") return undefined;
  const calls = tool_calls.map(({ id, function: f }) => ({ id, name: f.name, args: JSON.parse(f.arguments) }));
  return { role, text: wordsOf(content), calls, callId: tool_call_id };
}

function wordsOf(content: z.infer<typeof Words> | undefined): string {
  if (content === undefined || content === null) return "";
  return typeof content === "string" ? content : content.map(({ text }) => text).join("");
}

function callsOf({ calls = [] }: ModelReply, id: string): (ServedCall & { id: string })[] {
  return calls.map((call, n) => ({ ...call, id: call.id ?? `call_${id}_${n}` }));
}

function reasonOf({ reason, calls = [] }: ModelReply): string {
  return reason ?? (calls.length > 0 ? "tool_calls" : "stop");
}

function usageOf({ usage, text = "", calls = [] }: ModelReply) {
  const prompt_tokens = usage?.input ?? 1;
  const completion_tokens = usage?.output ?? Math.max(1, tokensIn(text + calls.map(argumentsOf).join("")));
  const prompt_tokens_details = { cached_tokens: usage?.cacheRead ?? 0 };
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, prompt_tokens_details };
}
