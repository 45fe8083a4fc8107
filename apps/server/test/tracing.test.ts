import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { type OpenRuns, openRuns } from "@vibewriter/agent";
import { isAtRest, type RunRecord } from "@vibewriter/agent/runs";
import { EXAMPLES, World } from "../../../packages/agent/test/support/world.js";
import { withoutKeys } from "../src/keys.js";
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

/** The runs of a home, with a worker. */
async function openWorker(world: World, home: string) {
  const { base, choir, machines } = world;
  return await openRuns({ ...base, home, choir, machines, capacity: 1, version: "0" });
}

async function atRest({ client }: OpenRuns, runId: string): Promise<RunRecord> {
  for (;;) {
    const run = await client.get(runId);
    if (isAtRest(run.status)) return run;
    await sleep(50);
  }
}

/** Traces from now on to `receiver`, until the handle is disposed of. */
async function traced(receiver: { url: string }) {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=planted-secret" };
  Object.assign(process.env, env);
  const tracing = await openTracing(process.env, log);
  // No child of this process gets what the headers hold.
  expect(process.env.OTEL_EXPORTER_OTLP_HEADERS).toBeUndefined();
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return tracing;
}

/** The spans by id, after a look that they are one tree. */
function treeOf(spans: readonly Span[]): { root: Span | undefined; ids: Map<string, Span> } {
  const ids = new Map(spans.map((span) => [span.spanId, span]));
  const [root, ...others] = spans.filter((span) => !span.parentSpanId);
  expect(others.map(({ name }) => name)).toEqual([]);
  expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
  for (const span of spans) expect(span === root || ids.has(span.parentSpanId ?? "")).toBe(true);
  return { root, ids };
}

describe("tracing", () => {
  it("shows a whole run as one connected tree of runs, steps, tools, VM calls and messages, without content", async () => {
    await using receiver = await otlpReceiver();
    await using world = await World.open();
    const tracing = await traced(receiver);
    await using worker = await openWorker(world, world.base.home);
    const request = { request: "DeFi yield on Base", out: world.out, sources: [EXAMPLES], model: "offline", yes: true };
    const run = await atRest(worker, (await worker.client.start(request, {})).runId);
    expect(run.status).toBe("done");
    await worker[Symbol.asyncDispose]();
    await tracing[Symbol.asyncDispose]();

    const { spans } = receiver;
    const { root, ids } = treeOf(spans);
    expect(root).toMatchObject({ name: "create_run", kind: INTERNAL });
    const kinds = Object.fromEntries(spans.map((span) => [span.name.split(" ")[0], span.kind]));
    expect(kinds).toMatchObject({
      ...{ process: CONSUMER, invoke_agent: INTERNAL, chat: CLIENT, execute_tool: INTERNAL },
      ...{ vm: CLIENT, checkpoint: CLIENT, publish: PRODUCER },
    });
    const [chat] = named(spans, "chat offline");
    expect(chat && attribute(chat, "gen_ai.conversation.id")).toBe(run.runId);
    const [published] = named(spans, "publish VIBEWRITER_EFFECTS");
    expect(published && attribute(published, "messaging.system")).toBe("nats");
    // What a subagent does is under its own span, and all of it under the message that brought the task.
    const [reading] = named(spans, "execute_tool read_source");
    const above: string[] = [];
    for (let at = reading; at; at = ids.get(at.parentSpanId ?? "")) above.push(at.name);
    expect(above).toEqual([
      ...["execute_tool read_source", "invoke_agent researcher", "invoke_agent vibewriter", "process VIBEWRITER_TASKS"],
      ...["publish VIBEWRITER_TASKS", "submit_run", "create_run"],
    ]);
    expect(receiver.text()).not.toContain("DeFi");
    expect(receiver.text()).not.toContain("planted-secret");
    expect(receiver.headers()["x-key"]).toBe("planted-secret");
    const service = { key: "service.name", value: { stringValue: "vibewriter" } };
    expect(receiver.resources[0]?.attributes).toContainEqual(service);
  }, 120_000);

  it("keeps a run in its trace when another worker goes on with it", async () => {
    await using receiver = await otlpReceiver();
    await using world = await World.open();
    const tracing = await traced(receiver);
    let runId: string;
    {
      await using first = await openWorker(world, join(world.base.home, "first"));
      const request = { request: "DeFi yield on Base", out: world.out, sources: [EXAMPLES], model: "offline" };
      runId = (await first.client.start(request, {})).runId;
      expect((await atRest(first, runId)).status).toBe("waiting");
    }
    {
      await using second = await openWorker(world, join(world.base.home, "second"));
      const { approval } = await second.client.get(runId);
      await second.client.decide(runId, approval?.id ?? "", { decision: "reject" }, {});
      expect((await atRest(second, runId)).status).toBe("done");
    }
    await tracing[Symbol.asyncDispose]();
    treeOf(receiver.spans);
    const drives = named(receiver.spans, "process VIBEWRITER_TASKS");
    expect(drives.map((span) => Number(attribute(span, "vibewriter.run.drive"))).sort()).toEqual([1, 2]);
  }, 120_000);

  it("loads nothing and records nothing without an endpoint, and leaves no switch by which LangChain would send what runs work with", async () => {
    const switches = { LANGCHAIN_TRACING_V2: "true", LANGCHAIN_TRACING: "true", LANGSMITH_TRACING_V2: "true" };
    const env = { ...switches, LANGSMITH_TRACING: "true", OTEL_EXPORTER_OTLP_HEADERS: "key=1", HOME: "/home/ada" };
    await using _tracing = await openTracing(env, log);
    expect(env).toEqual({ HOME: "/home/ada" });
    const started = withoutKeys({
      ...switches,
      LANGCHAIN_API_KEY: "ls-key",
      LANGSMITH_API_KEY: "ls-key",
      HOME: "/home/ada",
    });
    expect(started).toEqual({ HOME: "/home/ada" });
    expect(trace.getTracer("x").startSpan("y").isRecording()).toBe(false);
  });
});
