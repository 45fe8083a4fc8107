import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { redacted } from "../../src/telemetry/redacted.js";
import { SILENT } from "../../src/telemetry/telemetry.js";
import { openBench } from "../support/bench.js";
import { EXAMPLES, World } from "../support/world.js";

const SECRET = "hunter2-hunter2-hunter2";
const ANTHROPIC = `sk-ant-api03-${"a1B2c3D4".repeat(8)}`;

/** Takes what LangSmith takes. */
async function langSmithServer() {
  const bodies: string[] = [];
  const keys = new Set<unknown>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    bodies.push((request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8"));
    keys.add(request.headers["x-api-key"]);
    const info = { version: "0.1.0", batch_ingest_config: { use_multipart_endpoint: true, size_limit: 100 } };
    response.setHeader("content-type", "application/json").end(JSON.stringify(request.url === "/info" ? info : {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    text: () => bodies.join("\n"),
    keys,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("tracing at LangSmith", () => {
  it("sends what a run does when the run came with a key, and no secret", async () => {
    await using server = await langSmithServer();
    await using world = await World.open();
    const { base, choir, machines } = world;
    const { secrets } = base.backbone;
    using _planted = secrets.register("planted", SECRET);
    const telemetry = { ...SILENT, redact: (text: string) => secrets.screen(text) };
    await using bench = await openBench({ ...base, choir, machines, telemetry });
    const request = `DeFi yield on Base ${SECRET} ${ANTHROPIC}`;
    const run = await bench.client.start(
      { request, out: world.out, sources: [EXAMPLES], model: "offline", yes: true },
      {},
    );
    const keys = { LANGSMITH_TRACING: "true", LANGSMITH_API_KEY: "ls-key", LANGSMITH_ENDPOINT: server.url };
    await bench.drive(run.runId, { keys });
    expect(server.text()).toContain("DeFi yield on Base");
    expect(server.text()).toContain("secret://planted");
    expect(server.text()).toContain("[redacted Anthropic key]");
    expect(server.text()).toContain("read_source");
    expect(server.text()).not.toContain(SECRET);
    expect(server.text()).not.toContain(ANTHROPIC);
    expect(server.text()).not.toContain("ls-key");
    expect(server.keys).toEqual(new Set(["ls-key"]));
  }, 120_000);

  it("sends nothing without a key, or when it is not asked to", async () => {
    await using server = await langSmithServer();
    await using world = await World.open();
    const run = await world.client.start(
      { request: "DeFi yield on Base", out: world.out, sources: [EXAMPLES], model: "offline", yes: true },
      {},
    );
    const keys = { LANGSMITH_API_KEY: "ls-key", LANGSMITH_ENDPOINT: server.url };
    await world.bench.drive(run.runId, { keys });
    expect(server.text()).toBe("");
  }, 120_000);
});

describe("a redacted value", () => {
  const redact = (text: string) => text.replaceAll(SECRET, "*");

  it("has no secret at any depth, in any text, in the name of a field, or in what makes itself JSON", () => {
    let deep: unknown = SECRET;
    for (let i = 0; i < 200; i += 1) deep = [{ deep }];
    const value = {
      [SECRET]: 1,
      deep,
      error: new Error(SECRET),
      map: new Map([["a", SECRET]]),
      at: { toJSON: () => SECRET },
    };
    expect(JSON.stringify(redacted<unknown>(value, redact))).not.toContain(SECRET);
  });

  it("ends where a value holds itself, and keeps what is no text", () => {
    const loop: Record<string, unknown> = { n: 1, bytes: new Uint8Array(3), none: null };
    loop.self = loop;
    expect(redacted<unknown>(loop, redact)).toEqual({ n: 1, bytes: "[3 bytes]", none: null, self: "[circular]" });
  });
});
