import type { MsgHdrs } from "@nats-io/transport-node";
import { context, propagation, SpanKind, SpanStatusCode, type TextMapSetter, trace } from "@opentelemetry/api";

/**
 * Sends a message as a span of the trace that the caller is in, and puts that trace's `traceparent` into the headers, so that whoever gets the
 * message can go on with it. Without a trace around it this costs one look and does nothing: a heartbeat is no trace of its own.
 */
export async function sending<T>(stream: string, headers: MsgHdrs, send: () => Promise<T>): Promise<T> {
  if (!trace.getActiveSpan()?.isRecording()) return await send();
  const tracer = trace.getTracer("vibewriter.backbone");
  const attributes = {
    "messaging.system": "nats",
    "messaging.operation.name": "publish",
    "messaging.operation.type": "send",
    // The stream, not the subject: subjects name runs and keys, and their number has no end.
    "messaging.destination.name": stream,
  };
  return await tracer.startActiveSpan(`publish ${stream}`, { kind: SpanKind.PRODUCER, attributes }, async (span) => {
    propagation.inject(context.active(), headers, SETTER);
    try {
      return await send();
    } catch (error) {
      span.setAttribute("error.type", codeOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

const SETTER: TextMapSetter<MsgHdrs> = { set: (headers, name, value) => headers.set(name, value) };

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "_OTHER";
}
