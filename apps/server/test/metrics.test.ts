import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { LIST_PRICES } from "@vibewriter/agent";
import { RunRecord } from "@vibewriter/agent/runs";
import { World } from "../../../packages/agent/test/support/world.js";
import { Few } from "../src/metrics/few.js";
import { Metrics } from "../src/metrics/metrics.js";
import { MetricsPort } from "../src/metrics/port.js";
import { type Family, parsePrometheus, sumOf } from "./support/prometheus.js";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return address.port;
}

const NOTHING = { backbone: () => undefined, vms: () => undefined, runs: () => undefined };

/** By Prometheus' conventions: counters end with _total, and what is measured names its unit. */
function expectConventions(families: Map<string, Family>): void {
  for (const [name, { type, samples }] of families) {
    if (!name.startsWith("vibewriter_")) continue;
    if (type === "counter") expect(name).toMatch(/_total$/);
    else expect(name).not.toMatch(/_total$/);
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    for (const { labels } of samples)
      for (const value of Object.values(labels)) expect(value).not.toMatch(/^run-[a-z0-9]{12}$/);
  }
}

describe("metrics", () => {
  it("can be scraped while a run is driven and after it, and tell what it took", async () => {
    const vms = [{ state: "running" }, { state: "stopped" }];
    let world: World | undefined;
    const metrics = new Metrics({
      backbone: () => world?.base.backbone,
      vms: () => vms,
      runs: async () => {
        const records = await world?.base.backbone.records("VIBEWRITER_RUNS", RunRecord);
        return ((await records?.list()) ?? []).map(({ value }) => value);
      },
    });
    const telemetry = { observer: metrics.runs, prices: LIST_PRICES, redact: (text: string) => text };
    await using opened = await World.open({ telemetry });
    world = opened;
    const port = await freePort();
    await using _port = await MetricsPort.open(port, metrics);
    const scrape = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
      return parsePrometheus(await response.text());
    };

    const running = opened.run({ request: "DeFi yield on Base", yes: true });
    let wasRunning = 0;
    let scrapes = 0;
    let isOver = false;
    const over = running.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const during = await scrape();
      scrapes += 1;
      wasRunning = Math.max(wasRunning, sumOf(during, "vibewriter_runs_unfinished", { status: "running" }));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect((await over).status).toBe("done");
    expect(scrapes).toBeGreaterThan(1);
    expect(wasRunning).toBe(1);

    const after = await scrape();
    expectConventions(after);
    const value = (name: string, labels?: Record<string, string>) => sumOf(after, `vibewriter_${name}`, labels);
    expect(value("nats_up")).toBe(1);
    expect(value("nats_info", { tier: "full" })).toBe(1);
    expect(value("runs_unfinished")).toBe(0);
    expect(value("model_calls_total", { model: "offline", outcome: "ok" })).toBeGreaterThan(5);
    expect(value("model_cost_usd_total")).toBe(0);
    expect(value("model_calls_unpriced_total")).toBe(0);
    expect(value("tool_calls_total", { tool: "publish_to_choir", outcome: "ok" })).toBe(1);
    expect(value("checkpoint_duration_seconds_count", { operation: "put" })).toBeGreaterThan(10);
    expect(value("checkpoint_errors_total")).toBe(0);
    // The article, and that from here on signatures count.
    expect(value("effects_published_total")).toBe(2);
    expect(value("dead_letters")).toBe(0);
    expect(value("stream_messages", { stream: "VIBEWRITER_EVENTS" })).toBeGreaterThan(20);
    expect(value("vms", { state: "running" })).toBe(1);
    expect(after.get("process_resident_memory_bytes")?.samples[0]?.value).toBeGreaterThan(1e7);
  }, 120_000);

  it("say what can be said while nothing is open yet, and answer for one address and one name", async () => {
    const port = await freePort();
    await using _port = await MetricsPort.open(port, new Metrics(NOTHING));
    const families = parsePrometheus(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
    expect(sumOf(families, "vibewriter_nats_up")).toBe(0);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    // `fetch` keeps the name of the host to itself.
    const asked = request({ port, host: "127.0.0.1", path: "/metrics", headers: { host: "evil.example" } }).end();
    const [answer] = await once(asked, "response");
    expect(answer.statusCode).toBe(403);
    answer.resume();
    await expect(MetricsPort.open(port, new Metrics(NOTHING))).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/is taken; set metricsPort/),
    });
  });

  it("count tokens and dollars by the price table, and say what has no price", () => {
    const metrics = new Metrics(NOTHING);
    const usage = { input: 1_000_000, output: 100_000, cacheRead: 500_000, cacheWrite: 0 };
    const call = { agent: "vibewriter", seconds: 1, ok: true, usage };
    metrics.runs.modelCalled({ ...call, model: "anthropic:claude-sonnet-4-6", cost: 3.15 });
    metrics.runs.modelCalled({ ...call, model: "openai:nobody-knows", cost: undefined });
    metrics.runs.modelCalled({ ...call, model: "openai:mistyped", ok: false, cost: undefined });
    return metrics.text().then((text) => {
      const families = parsePrometheus(text);
      const value = (name: string, labels: Record<string, string>) => sumOf(families, `vibewriter_${name}`, labels);
      const model = "anthropic:claude-sonnet-4-6";
      expect(value("model_tokens_total", { model, type: "input" })).toBe(1_000_000);
      expect(value("model_tokens_total", { model, type: "cache_read" })).toBe(500_000);
      expect(value("model_cost_usd_total", { model })).toBeCloseTo(3.15);
      expect(value("model_calls_unpriced_total", { model: "openai:nobody-knows" })).toBe(1);
      expect(value("model_calls_total", { model: "other", outcome: "error" })).toBe(1);
      expect(text).not.toContain("mistyped");
    });
  });

  it("have an end to their series, whatever they are told", () => {
    const few = new Few(3);
    expect(["a", "b", "c", "d", "a", "e"].map((name) => few.name(name))).toEqual([
      "a",
      "b",
      "c",
      "other",
      "a",
      "other",
    ]);
  });
});
