import { ToolMessage } from "@langchain/core/messages";
import { isGraphBubbleUp } from "@langchain/langgraph";
import { createMiddleware } from "langchain";
import { rootError } from "../errors.js";
import type { ModelMeter } from "./model-meter.js";
import type { RunObserver } from "./observer.js";
import { fail, inSpan } from "./span.js";

/** What the telemetry of a run needs to know. */
export interface TelemetryOptions {
  readonly runId: string;
  readonly observer: RunObserver;
  readonly models: ModelMeter;
}

/**
 * Spans and figures of every model and tool call of one agent, by OpenTelemetry's conventions for generative AI. Put it in front
 * of what else wraps the calls of an agent, so that what that does is part of them.
 * @param agent `vibewriter` or the subagent's name
 * @param model the full name of the model that it asks first
 */
export function telemetry(agent: string, model: string, o: TelemetryOptions) {
  return createMiddleware({
    name: "Telemetry",
    wrapModelCall: (request, handler) => o.models.measure({ agent, model }, async () => handler(request)),
    wrapToolCall(request, handler) {
      const { name, args, id = "" } = request.toolCall;
      const isTask = name === "task";
      const subagent = isTask ? String(args.subagent_type) : undefined;
      const attributes = {
        "gen_ai.operation.name": isTask ? "invoke_agent" : "execute_tool",
        "gen_ai.conversation.id": o.runId,
        "gen_ai.agent.name": subagent ?? agent,
        ...(isTask ? {} : { "gen_ai.tool.name": name }),
        "gen_ai.tool.call.id": id,
      };
      const spanName = isTask ? `invoke_agent ${subagent}` : `execute_tool ${name}`;
      return inSpan({ name: spanName, attributes }, async (span) => {
        const started = performance.now();
        try {
          const result = await handler(request);
          const ok = !(ToolMessage.isInstance(result) && result.status === "error");
          o.observer.toolCalled?.({ tool: name, ok, seconds: since(started) });
          return result;
        } catch (error) {
          if (!isGraphBubbleUp(rootError(error)))
            o.observer.toolCalled?.({ tool: name, ok: false, seconds: since(started) });
          fail(span, error);
          throw error;
        }
      });
    },
  });
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}
