import { ToolMessage } from "@langchain/core/messages";
import { isGraphBubbleUp } from "@langchain/langgraph";
import { SpanKind } from "@opentelemetry/api";
import { createMiddleware } from "langchain";
import { rootError } from "../errors.js";
import { answeredBy } from "../middleware/model-calls.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import { taskAtWork } from "../middleware/task.js";
import type { RunObserver } from "./observer.js";
import { costOf, type Prices } from "./prices.js";
import { fail, inSpan } from "./span.js";
import { type Usage, usageOf } from "./usage.js";

/** What the telemetry of a run needs to know. */
export interface TelemetryOptions {
  readonly runId: string;
  readonly prices: Prices;
  readonly observer: RunObserver;
  readonly emit: EmitEvent;
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
    wrapModelCall(request, handler) {
      const attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": providerOf(model),
        "gen_ai.request.model": modelOf(model),
        "gen_ai.conversation.id": o.runId,
        "gen_ai.agent.name": agent,
      };
      return inSpan({ name: `chat ${modelOf(model)}`, kind: SpanKind.CLIENT, attributes }, async (span) => {
        const started = performance.now();
        try {
          const message = await handler(request);
          const usage = usageOf(message);
          const by = answeredBy(message) ?? model;
          const cost = costOf(by, usage, o.prices);
          o.observer.modelCalled?.({ model: by, agent, ok: true, seconds: since(started), usage, cost });
          if (usage !== undefined) {
            span.setAttribute("gen_ai.usage.input_tokens", usage.input);
            span.setAttribute("gen_ai.usage.output_tokens", usage.output);
            await tellUsage(o, agent, { model: by, usage, cost, step: request.messages.length });
          }
          return message;
        } catch (error) {
          if (!isGraphBubbleUp(error))
            o.observer.modelCalled?.({ model, agent, ok: false, seconds: since(started), cost: undefined });
          throw error;
        }
      });
    },
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

async function tellUsage(
  o: TelemetryOptions,
  agent: string,
  { model, usage, cost, step }: { model: string; usage: Usage; cost: number | undefined; step: number },
): Promise<void> {
  const task = taskAtWork();
  const { input, output } = usage;
  const data = { agent, task, model, inputTokens: input, outputTokens: output, costUsd: cost ?? null };
  await o.emit({ type: "usage", data }, `usage.${task ?? "main"}.${step}`);
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}

/** The provider by OpenTelemetry's names. */
function providerOf(model: string): string {
  const colon = model.indexOf(":");
  return colon < 0 ? "vibewriter" : model.slice(0, colon);
}

function modelOf(model: string): string {
  return model.slice(model.indexOf(":") + 1);
}
