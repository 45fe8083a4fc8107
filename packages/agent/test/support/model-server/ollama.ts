import { z } from "zod";
import { argumentsOf, type ModelReply, piecesOf, type ServedMessage, tokensIn } from "./brain.js";
import type { Protocol, StreamEvent } from "./protocol.js";

const Call = z.object({ function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }) });
const Message = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  tool_calls: z.array(Call).optional(),
});
const Question = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  options: z.object({ num_ctx: z.int().optional() }).loose().optional(),
  tools: z
    .array(z.object({ type: z.literal("function"), function: z.object({ name: z.string() }).loose() }))
    .optional(),
  messages: z.array(Message).min(1),
});

/** Ollama's chat interface: https://docs.ollama.com/api/chat, its streams a line of JSON for each piece. */
export const ollamaProtocol: Protocol = {
  path: /^\/api\/chat$/,
  framing: "lines",
  variables: (url) => ({ OLLAMA_BASE_URL: url }),
  parse(body) {
    // It streams where nobody says otherwise.
    const { model, stream = true, tools = [], messages } = Question.parse(body);
    const system = messages.filter(({ role }) => role === "system");
    return {
      ...{ model, stream, system: system.map(({ content }) => content).join("\n") },
      tools: tools.map((tool) => tool.function.name),
      messages: messagesOf(messages),
    };
  },
  whole: (reply) => ({ ...piece({ content: reply.text ?? "", tool_calls: callsOf(reply) }), ...ending(reply) }),
  *stream(reply) {
    do {
      for (const content of piecesOf(reply.text ?? "")) yield event(piece({ content }));
    } while (reply.endless);
    for (const call of callsOf(reply)) {
      // What is no object cannot be sent: Ollama says so in the stream.
      if (typeof call.function.arguments === "string") return yield event(unparsed(call.function.arguments));
      yield event(piece({ content: "", tool_calls: [call] }));
    }
    yield event({ ...piece({ content: "" }), ...ending(reply) });
  },
  refusal: ({ message }) => ({ error: message }),
  refusalEvent: ({ message }) => event({ error: message }),
};

function piece(message: object) {
  return {
    model: "served",
    created_at: "2026-01-01T00:00:00Z",
    message: { role: "assistant", ...message },
    done: false,
  };
}

function ending(reply: ModelReply) {
  const { usage, text = "", calls = [], reason = "stop" } = reply;
  return {
    ...{ done: true, done_reason: reason, total_duration: 2, load_duration: 1 },
    ...{ prompt_eval_count: usage?.input ?? 1, prompt_eval_duration: 1 },
    ...{ eval_count: usage?.output ?? tokensIn(text + calls.map(argumentsOf).join("")), eval_duration: 1 },
  };
}

function event(data: object): StreamEvent {
  return { data: JSON.stringify(data) };
}

function callsOf({ calls = [] }: ModelReply) {
  return calls.map(({ name, args }, index) => ({ function: { index, name, arguments: args } }));
}

function unparsed(raw: string) {
  return { error: `error parsing tool call: raw='${raw}', err=unexpected end of JSON input` };
}

/** What was said; calls have no ids here, and their answers stand in the order of them. */
function messagesOf(messages: readonly z.infer<typeof Message>[]): ServedMessage[] {
  let open: string[] = [];
  return messages.flatMap(({ role, content, tool_calls = [] }, n): ServedMessage[] => {
    if (role === "system") return [];
    if (role === "tool") return [{ role, text: content, calls: [], callId: open.shift() }];
    const calls = tool_calls.map((call, of) => ({
      ...{ id: `message${n}.${of}`, name: call.function.name, args: call.function.arguments },
    }));
    open = calls.map(({ id }) => id);
    return [{ role, text: content, calls }];
  });
}
