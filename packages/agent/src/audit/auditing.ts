import type { BaseMessage, ToolMessage } from "@langchain/core/messages";
import { type Command, isGraphBubbleUp } from "@langchain/langgraph";
import { createMiddleware } from "langchain";
import { asJson, canonicalJson, sha256 } from "../canonical.js";
import { errorCode, rootError } from "../errors.js";
import { messageIn } from "../middleware/run-scope.js";
import { taskAtWork } from "../middleware/task.js";
import { answeredBy } from "../models/answer.js";
import { marksIn, marksOf } from "../taint/labels.js";
import { marksText, type TaintMark, union } from "../taint/origin.js";
import { seenAtWork } from "../taint/taint.js";
import { usageOf } from "../telemetry/usage.js";
import type { Audit } from "./audit.js";
import type { AuditEntry } from "./entry.js";

/**
 * Records every model call and every tool call of one agent, by the hashes of what went in and what came out, and where that came from. Put it around what makes answers
 * of errors, so that it sees what the model sees.
 * @param agent `vibewriter` or the subagent's name
 */
export function auditing(agent: string, o: { audit: Pick<Audit, "record">; model: string }) {
  const digests = new WeakMap<BaseMessage, string>();
  return createMiddleware({
    name: "Auditing",
    async wrapModelCall(request, handler) {
      const started = performance.now();
      const requestHash = sha256(
        [request.systemPrompt ?? "", ...request.messages.map((m) => digestOf(m, digests))].join("\n"),
      );
      const call = { kind: "model" as const, model: o.model, agent, task: taskAtWork(), requestHash };
      try {
        const answer = await handler(request);
        const usage = usageOf(answer);
        o.audit.record({
          ...{
            ...call,
            model: answeredBy(answer) ?? o.model,
            ok: true,
            inputTokens: usage?.input,
            outputTokens: usage?.output,
            ms: since(started),
          },
          answerHash: digestOf(answer, digests),
        });
        return answer;
      } catch (error) {
        const root = rootError(error);
        if (!isGraphBubbleUp(root)) o.audit.record({ ...call, ok: false, code: errorCode(root), ms: since(started) });
        throw error;
      }
    },
    async wrapToolCall(request, handler) {
      const started = performance.now();
      const { name: tool, id = "" } = request.toolCall;
      // They came as JSON and are JSON again: fields without a value are none.
      const args = canonicalJson(asJson(request.toolCall.args));
      const call = { kind: "tool" as const, tool, call: id, agent, task: taskAtWork(), argsHash: sha256(args), args };
      try {
        const result = await handler(request);
        const from = originOf(union(marksOf(tool, request.toolCall.args, seenAtWork()), marksIn(result)));
        o.audit.record({ ...call, ...outcomeOf(result), from, ms: since(started) });
        return result;
      } catch (error) {
        const root = rootError(error);
        const outcome = isGraphBubbleUp(root) ? "waiting" : "failed";
        o.audit.record({ ...call, outcome, code: errorCode(root), ms: since(started) });
        throw error;
      }
    },
  });
}

/** Where something comes from, for who reads the audit. */
function originOf(marks: readonly TaintMark[]): string | undefined {
  return marks.length === 0 ? undefined : marksText(marks);
}

function outcomeOf(
  result: ToolMessage | Command,
): Pick<AuditEntry & { kind: "tool" }, "outcome" | "resultHash" | "resultBytes"> {
  const message = messageIn(result);
  if (message === undefined) return { outcome: "ok" };
  const text = typeof message.content === "string" ? message.content : JSON.stringify(message.content);
  const outcome = message.status === "error" ? "error" : "ok";
  return { outcome, resultHash: sha256(text), resultBytes: Buffer.byteLength(text) };
}

/** Of what a message says and asks for. A thread is sent anew with each call: what was seen of it is not worked out again. */
function digestOf(message: BaseMessage, digests: WeakMap<BaseMessage, string>): string {
  const known = digests.get(message);
  if (known !== undefined) return known;
  const calls = "tool_calls" in message ? message.tool_calls : undefined;
  const digest = sha256(JSON.stringify([message.type, message.content, calls]));
  digests.set(message, digest);
  return digest;
}

/** Milliseconds, to the hundredth. */
function since(started: number): number {
  return Math.round((performance.now() - started) * 100) / 100;
}
