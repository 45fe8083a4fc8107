import { z } from "zod";
import {
  argumentsOf,
  type ModelRefusal,
  type ModelReply,
  piecesOf,
  type ServedCall,
  type ServedMessage,
  tokensIn,
} from "./brain.js";
import type { Protocol, StreamEvent } from "./protocol.js";

const Arguments = z.record(z.string(), z.unknown());
const Part = z.union([
  z.object({ text: z.string() }),
  z.object({ functionCall: z.object({ id: z.string().optional(), name: z.string(), args: Arguments.optional() }) }),
  z.object({ functionResponse: z.object({ id: z.string().optional(), name: z.string(), response: Arguments }) }),
]);
const Content = z.object({ role: z.enum(["user", "model"]), parts: z.array(Part).min(1) });
type Content = z.infer<typeof Content>;
/** What of JSON Schema it reads; anything else is a bad request: https://ai.google.dev/api/caching#Schema */
const Schema: z.ZodType = z.strictObject({
  type: z.enum(["string", "number", "integer", "boolean", "array", "object"]).optional(),
  ...{ format: z.string().optional(), title: z.string().optional(), description: z.string().optional() },
  ...{ nullable: z.boolean().optional(), enum: z.array(z.string()).optional(), pattern: z.string().optional() },
  ...{ minItems: z.number().optional(), maxItems: z.number().optional(), default: z.unknown().optional() },
  ...{ minLength: z.number().optional(), maxLength: z.number().optional(), example: z.unknown().optional() },
  ...{ minimum: z.number().optional(), maximum: z.number().optional() },
  ...{ minProperties: z.number().optional(), maxProperties: z.number().optional() },
  ...{ required: z.array(z.string()).optional(), propertyOrdering: z.array(z.string()).optional() },
  properties: z.lazy(() => z.record(z.string(), Schema)).optional(),
  items: z.lazy(() => Schema).optional(),
  anyOf: z.lazy(() => z.array(Schema)).optional(),
});
const Declaration = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][\w.:-]{0,63}$/),
  description: z.string(),
  parameters: Schema.optional(),
});
const Question = z.object({
  contents: z.array(Content).min(1),
  systemInstruction: z.object({ parts: z.array(z.object({ text: z.string() })) }).optional(),
  tools: z.array(z.strictObject({ functionDeclarations: z.array(Declaration) })).optional(),
});

const RPC = "type.googleapis.com/google.rpc";

/** Google's Gemini interface: https://ai.google.dev/api/generate-content, its streams as server-sent events. */
export const googleProtocol: Protocol = {
  path: /^\/v1beta\/models\/[^/:]+:(?:generateContent|streamGenerateContent\?alt=sse)$/,
  variables: (url) => ({ GOOGLE_API_KEY: "no-real-key", GOOGLE_BASE_URL: url }),
  parse(body, path) {
    const { contents, systemInstruction, tools = [] } = Question.parse(body);
    refuseUnanswered(contents);
    return {
      model: /models\/([^/:]+):/.exec(path)?.[1] ?? "",
      stream: path.includes(":stream"),
      system: (systemInstruction?.parts ?? []).map(({ text }) => text).join("\n"),
      tools: tools.flatMap(({ functionDeclarations }) => functionDeclarations.map(({ name }) => name)),
      messages: contents.flatMap((content, n) => messagesOf(content, n)),
    };
  },
  whole: (reply, id) => chunk(reply, id, { parts: [...textParts(reply.text), ...callParts(reply)], isLast: true }),
  *stream(reply, id) {
    if (isBlocked(reply))
      return yield event({ promptFeedback: { blockReason: reply.reason }, usageMetadata: usageOf(reply, true) });
    do {
      for (const text of piecesOf(reply.text ?? "")) yield event(chunk(reply, id, { parts: [{ text }] }));
    } while (reply.endless);
    // A call comes whole.
    for (const part of callParts(reply)) yield event(chunk(reply, id, { parts: [part] }));
    yield event(chunk(reply, id, { parts: [{ text: "" }], isLast: true }));
  },
  refusal: (refusal) => ({ error: errorOf(refusal) }),
  refusalEvent: (refusal) => event({ error: errorOf(refusal) }),
};

/** A question that is not taken has no answer at all. */
function isBlocked({ text, calls, reason }: ModelReply): boolean {
  return text === undefined && calls === undefined && reason !== undefined;
}

/** As Gemini itself: a turn with calls is followed by one turn that answers all of them. */
function refuseUnanswered(contents: readonly Content[]): void {
  for (const [n, { parts }] of contents.entries()) {
    const calls = parts.filter((part) => "functionCall" in part).length;
    const answers = (contents[n + 1]?.parts ?? []).filter((part) => "functionResponse" in part).length;
    if (calls === answers || n === contents.length - 1) continue;
    throw new Error(
      "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
    );
  }
}

function chunk(reply: ModelReply, id: string, o: { parts: object[]; isLast?: boolean }) {
  const { parts, isLast = false } = o;
  const finishReason = isLast ? { finishReason: reasonOf(reply) } : {};
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...finishReason }],
    // What it took until now is in each piece, not what this one took.
    usageMetadata: usageOf(reply, isLast),
    ...{ modelVersion: "served", responseId: id },
  };
}

function event(data: object): StreamEvent {
  return { data: JSON.stringify(data) };
}

function textParts(text: string | undefined): object[] {
  return text ? [{ text }] : [];
}

/** Of arguments that are no object nothing is sent: that the model has not managed a call is why the answer ends. */
function callParts({ calls = [] }: ModelReply): object[] {
  return calls.flatMap(({ id, name, args }) =>
    typeof args === "string" ? [] : [{ functionCall: { id, name, args } }],
  );
}

function reasonOf({ reason, calls = [] }: ModelReply): string {
  return reason ?? (calls.some(({ args }) => typeof args === "string") ? "MALFORMED_FUNCTION_CALL" : "STOP");
}

function usageOf({ usage, text = "", calls = [] }: ModelReply, isLast: boolean) {
  const promptTokenCount = usage?.input ?? 1;
  const written = usage?.output ?? tokensIn(text + calls.map(argumentsOf).join(""));
  const candidatesTokenCount = isLast ? written : 1;
  const totalTokenCount = promptTokenCount + candidatesTokenCount;
  return { promptTokenCount, candidatesTokenCount, totalTokenCount, cachedContentTokenCount: usage?.cacheRead ?? 0 };
}

/** `type` is the status of the error; when to come back, and which limit was reached, stand in its details. */
function errorOf({ status, type, message, retryAfter, quota }: ModelRefusal) {
  const details = [
    ...(quota === undefined ? [] : [{ "@type": `${RPC}.QuotaFailure`, violations: [{ quotaId: quota }] }]),
    ...(retryAfter === undefined ? [] : [{ "@type": `${RPC}.RetryInfo`, retryDelay: `${retryAfter}s` }]),
  ];
  return { code: status, message, status: type, details };
}

/** What was said in a turn. Calls without ids are told apart by where they stand, as their answers are. */
function messagesOf({ role, parts }: Content, turn: number): ServedMessage[] {
  const results = parts.flatMap((part) => ("functionResponse" in part ? [part.functionResponse] : []));
  const answers = results.map(({ id, response }, n): ServedMessage => {
    const text = typeof response.result === "string" ? response.result : JSON.stringify(response);
    return { role: "tool", text, calls: [], callId: id ?? placed(turn - 1, n) };
  });
  const texts = parts.flatMap((part) => ("text" in part ? [part.text] : []));
  // Messages of a person that follow each other are parts of one turn.
  if (role === "user") return [...answers, ...texts.map((text): ServedMessage => ({ role, text, calls: [] }))];
  const asked = parts.flatMap((part) => ("functionCall" in part ? [part.functionCall] : []));
  const calls = asked.map(({ id, name, args = {} }, n): ServedCall => ({ id: id ?? placed(turn, n), name, args }));
  return [{ role: "assistant", text: texts.join(""), calls }];
}

function placed(turn: number, call: number): string {
  return `turn${turn}.${call}`;
}
