import { z } from "zod";
import { argumentsOf, type ModelReply, piecesOf, type ServedCall, type ServedMessage, tokensIn } from "./brain.js";
import type { Protocol, StreamEvent } from "./protocol.js";

const Block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal("tool_result"), tool_use_id: z.string(), content: z.unknown().optional() }),
]);
const Words = z.union([z.string(), z.array(z.object({ type: z.literal("text"), text: z.string() }))]);
const Question = z.object({
  model: z.string(),
  // What the interface demands of every request.
  max_tokens: z.int().positive(),
  system: Words.optional(),
  stream: z.boolean().optional(),
  tools: z
    .array(z.object({ name: z.string(), input_schema: z.object({ type: z.literal("object") }).loose() }).loose())
    .optional(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), content: z.union([z.string(), z.array(Block)]) })),
});

/** Anthropic's Messages interface: https://docs.anthropic.com/en/api/messages and messages-streaming. */
export const anthropicProtocol: Protocol = {
  path: /^\/v1\/messages$/,
  variables: (url) => ({ ANTHROPIC_API_KEY: "no-real-key", ANTHROPIC_BASE_URL: url }),
  parse(body) {
    const { model, system, stream = false, tools = [], messages } = Question.parse(body);
    return {
      ...{ model, stream, system: wordsOf(system ?? "") },
      tools: tools.map(({ name }) => name),
      messages: messages.flatMap(({ role, content }) => messagesOf(role, content)),
    };
  },
  whole(reply, id) {
    const content = [
      ...(reply.text ? [{ type: "text", text: reply.text }] : []),
      ...callsOf(reply, id).map(({ id: callId, name, args }) => ({ type: "tool_use", id: callId, name, input: args })),
    ];
    const { input, output, cacheRead } = usageOf(reply);
    // What was cached stands beside the other input.
    return {
      ...{ id, type: "message", role: "assistant", model: "served", content, stop_sequence: null },
      stop_reason: reasonOf(reply),
      usage: {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: cacheRead,
        cache_creation_input_tokens: 0,
      },
    };
  },
  *stream(reply, id) {
    const { input, output, cacheRead } = usageOf(reply);
    const usage = {
      input_tokens: input,
      output_tokens: 1,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: 0,
    };
    yield event("message_start", {
      message: {
        id,
        type: "message",
        role: "assistant",
        model: "served",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    });
    yield event("ping", {});
    let index = 0;
    if (reply.text) {
      yield event("content_block_start", { index, content_block: { type: "text", text: "" } });
      do {
        for (const text of piecesOf(reply.text))
          yield event("content_block_delta", { index, delta: { type: "text_delta", text } });
      } while (reply.endless);
      yield event("content_block_stop", { index });
      index++;
    }
    for (const call of callsOf(reply, id)) {
      yield event("content_block_start", {
        index,
        content_block: { type: "tool_use", id: call.id, name: call.name, input: {} },
      });
      for (const partial_json of ["", ...piecesOf(argumentsOf(call))])
        yield event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } });
      yield event("content_block_stop", { index });
      index++;
    }
    yield event("message_delta", {
      delta: { stop_reason: reasonOf(reply), stop_sequence: null },
      usage: { output_tokens: output },
    });
    yield event("message_stop", {});
  },
  refusal: ({ type, message }) => ({ type: "error", error: { type, message } }),
  refusalEvent: ({ type, message }) => event("error", { error: { type, message } }),
};

function event(type: string, data: object): StreamEvent {
  return { event: type, data: JSON.stringify({ type, ...data }) };
}

function messagesOf(role: "user" | "assistant", content: string | z.infer<typeof Block>[]): ServedMessage[] {
  if (typeof content === "string") return [{ role, text: content, calls: [] }];
  const results = content.flatMap((block): ServedMessage[] =>
    block.type === "tool_result"
      ? [{ role: "tool", text: wordsOf(block.content ?? ""), calls: [], callId: block.tool_use_id }]
      : [],
  );
  const text = content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  const calls = content.flatMap((block) =>
    block.type === "tool_use" ? [{ id: block.id, name: block.name, args: block.input }] : [],
  );
  const isSaid = text !== "" || calls.length > 0 || results.length === 0;
  return [...results, ...(isSaid ? [{ role, text, calls }] : [])];
}

function wordsOf(content: unknown): string {
  const words = Words.parse(content);
  return typeof words === "string" ? words : words.map(({ text }) => text).join("");
}

function callsOf({ calls = [] }: ModelReply, id: string): (ServedCall & { id: string })[] {
  return calls.map((call, n) => ({ ...call, id: call.id ?? `toolu_${id}_${n}` }));
}

function reasonOf({ reason, calls = [] }: ModelReply): string {
  return reason ?? (calls.length > 0 ? "tool_use" : "end_turn");
}

function usageOf({ usage, text = "", calls = [] }: ModelReply) {
  const written = text + calls.map(argumentsOf).join("");
  return {
    input: (usage?.input ?? 1) - (usage?.cacheRead ?? 0),
    output: usage?.output ?? tokensIn(written),
    cacheRead: usage?.cacheRead ?? 0,
  };
}
