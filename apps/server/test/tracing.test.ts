import { trace } from "@opentelemetry/api";
import { World } from "../../../packages/agent/test/support/world.js";
import { openTracing } from "../src/telemetry/tracing.js";
import { otlpReceiver, type Span } from "./support/otlp-receiver.js";

const log = { write: () => undefined };
const INTERNAL = 1;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;

function attribute(span: Span, key: string): unknown {
  const value = span.attributes.find((one) => one.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}

function named(spans: readonly Span[], name: string): Span[] {
  return spans.filter((span) => span.name === name);
}

describe("tracing", () => {
  it("shows a whole run as one connected tree of runs, steps, tools, VM calls and messages, without content", async () => {
    await using receiver = await otlpReceiver();
    await using world = await World.open();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=planted-secret" };
    Object.assign(process.env, env);
    const tracing = await openTracing(process.env, log);
    // No child of this process gets what the headers hold.
    expect(process.env.OTEL_EXPORTER_OTLP_HEADERS).toBeUndefined();
    const run = await world.run({ request: "DeFi yield on Base", yes: true });
    expect(run.status).toBe("done");
    await tracing[Symbol.asyncDispose]();
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;

    const { spans } = receiver;
    const ids = new Map(spans.map((span) => [span.spanId, span]));
    const [root, ...otherRoots] = spans.filter((span) => !span.parentSpanId);
    expect(otherRoots).toEqual([]);
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    for (const span of spans) expect(span === root || ids.has(span.parentSpanId ?? "")).toBe(true);

    expect(root).toMatchObject({ name: "process VIBEWRITER_TASKS", kind: CONSUMER });
    const kinds = Object.fromEntries(spans.map((span) => [span.name.split(" ")[0], span.kind]));
    expect(kinds).toMatchObject({
      ...{ process: CONSUMER, invoke_agent: INTERNAL, chat: CLIENT, execute_tool: INTERNAL },
      ...{ vm: CLIENT, checkpoint: CLIENT, publish: PRODUCER },
    });
    const [chat] = named(spans, "chat offline");
    expect(chat && attribute(chat, "gen_ai.conversation.id")).toBe(run.runId);
    const [published] = named(spans, "publish VIBEWRITER_EFFECTS");
    expect(published && attribute(published, "messaging.system")).toBe("nats");
    // What a subagent does is under its own span.
    const [researcher] = named(spans, "invoke_agent researcher");
    const [reading] = named(spans, "execute_tool read_source");
    const above: string[] = [];
    for (let at = reading; at; at = ids.get(at.parentSpanId ?? "")) above.push(at.name);
    expect(researcher).toBeDefined();
    expect(above).toEqual([
      ...["execute_tool read_source", "invoke_agent researcher", "invoke_agent vibewriter", "process VIBEWRITER_TASKS"],
    ]);
    expect(receiver.text()).not.toContain("DeFi");
    expect(receiver.text()).not.toContain("planted-secret");
    expect(receiver.headers()["x-key"]).toBe("planted-secret");
    expect(receiver.resources[0]?.attributes).toContainEqual({
      key: "service.name",
      value: { stringValue: "vibewriter" },
    });
  }, 120_000);

  it("loads nothing and records nothing without an endpoint", async () => {
    await using _tracing = await openTracing({}, log);
    expect(trace.getTracer("x").startSpan("y").isRecording()).toBe(false);
  });
});
