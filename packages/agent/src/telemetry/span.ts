import { type Attributes, type Context, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { errorCode, rootError } from "../errors.js";

/** What a span is named and says. Attributes carry no content of a run and no secret: names, sizes, ids and outcomes. */
export interface SpanOptions {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** The trace that it goes on with; default: the one that the caller is in. */
  readonly parent?: Context;
}

/** Does work within a span. Where nobody has set up tracing, the span is one that does nothing. */
export async function inSpan<T>(o: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const tracer = trace.getTracer("vibewriter.agent");
  const { name, kind = SpanKind.INTERNAL, attributes } = o;
  return await tracer.startActiveSpan(name, { kind, attributes }, o.parent ?? context.active(), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed, by the code of the error: its message may quote what the run works with. */
export function fail(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const root = rootError(error);
  // A question to a person stops the graph as an error would, and is none. Told by its mark and not by LangGraph's own function: a server
  // without a run does not load LangGraph.
  if ("is_bubble_up" in root && root.is_bubble_up === true) return;
  span.setAttribute("error.type", errorCode(root) ?? root.name);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Whether what happens now is part of a trace that somebody collects. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() ?? false;
}
