import { type Context, context, propagation, ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import type { RunRecord } from "../runs/record.js";
import { inSpan } from "./span.js";

/** The header of W3C Trace Context, with which a trace travels in messages. */
const TRACEPARENT = "traceparent";

/** The `traceparent` of what happens now, for a message or a record; undefined outside of a trace. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier[TRACEPARENT];
}

/** The making of a run as a span, which is the root of the run's trace unless the caller is in one. */
export function requestSpan<T>(make: () => Promise<T>): Promise<T> {
  return inSpan({ name: "create_run" }, make);
}

/** The submission of a run's task, in the trace of the run whoever submits it: the task takes it along. */
export function submitSpan<T>(record: Pick<RunRecord, "runId" | "traceparent">, submit: () => Promise<T>): Promise<T> {
  if (record.traceparent === undefined) return submit();
  const attributes = { "vibewriter.run.id": record.runId };
  return inSpan({ name: "submit_run", attributes, parent: contextOf(record.traceparent) }, submit);
}

/**
 * One drive of a run as a span: what a worker does with a task that it took from the queue.
 * @param traceparent of the task: wherever the run is driven on, it stays in the trace in which it was asked for
 */
export async function driveSpan<T>(
  record: Pick<RunRecord, "runId" | "agentId" | "kind" | "drives">,
  traceparent: string | undefined,
  drive: () => Promise<T>,
): Promise<T> {
  const task = {
    "messaging.system": "nats",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "VIBEWRITER_TASKS",
    "vibewriter.run.id": record.runId,
    "vibewriter.run.kind": record.kind,
    "vibewriter.run.drive": record.drives,
  };
  const agent = {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "vibewriter",
    "gen_ai.agent.id": record.agentId,
    "gen_ai.conversation.id": record.runId,
  };
  const parent = contextOf(traceparent);
  const consumer = { name: "process VIBEWRITER_TASKS", kind: SpanKind.CONSUMER, attributes: task, parent };
  return await inSpan(consumer, () => inSpan({ name: "invoke_agent vibewriter", attributes: agent }, drive));
}

function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return context.active();
  return propagation.extract(ROOT_CONTEXT, { [TRACEPARENT]: traceparent });
}
