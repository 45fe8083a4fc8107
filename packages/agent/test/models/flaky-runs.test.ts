import { join } from "node:path";
import type { RunRecord } from "../../src/runs/record.js";
import type { RunObserver } from "../../src/telemetry/observer.js";
import { SILENT } from "../../src/telemetry/telemetry.js";
import { anthropicProtocol } from "../support/model-server/anthropic.js";
import type { ModelRefusal, ModelReply, ModelRequest } from "../support/model-server/brain.js";
import { googleProtocol } from "../support/model-server/google.js";
import { ModelServer } from "../support/model-server/model-server.js";
import { offlineBrain } from "../support/model-server/offline-brain.js";
import { openaiProtocol } from "../support/model-server/openai.js";
import { EXAMPLES, World } from "../support/world.js";

/** A third of them by each protocol that lets a model name its calls. One small source each: what counts is what fails between the calls. */
const RUNS = 10;

/** One question of twenty fails, by turns with a status, an overloaded stream, and a stream that breaks in the middle or ends there; all are slow. */
async function flaky(request: ModelRequest): Promise<ModelReply | ModelRefusal> {
  const reply = await offlineBrain(request);
  const trouble = request.number % 20 === 7 ? Math.floor(request.number / 20) % 4 : undefined;
  if (trouble === 0) return { ...reply, cut: { after: 3, how: "connection" } };
  if (trouble === 1) return { status: 529, type: "overloaded_error", message: "Overloaded", retryAfter: 0 };
  if (trouble === 2) return { ...reply, cut: { after: 3, how: "cleanly" } };
  if (trouble === 3) return { status: 500, type: "api_error", message: "Overloaded", inStream: true };
  return { ...reply, delayMs: 5 + (request.number % 7) * 3 };
}

it("ten runs at once with slow, flaky models all finish, and no completed tool call is made again", async () => {
  let called = 0;
  const observer: RunObserver = { toolCalled: () => called++ };
  await using world = await World.open({ telemetry: { ...SILENT, observer } });
  await using anthropic = await ModelServer.open(anthropicProtocol, flaky);
  await using openai = await ModelServer.open(openaiProtocol, flaky);
  await using google = await ModelServer.open(googleProtocol, flaky);
  const servers = [anthropic, openai, google];
  const keys = Object.assign({}, ...servers.map((server) => server.keys));
  const sources = [join(EXAMPLES, "01-aave-v3-usdc.md")];
  const drive = async (_: unknown, n: number): Promise<RunRecord> => {
    const model = ["anthropic:served", "google:served", "openai:served"][n % 3];
    const asked = { ...{ model, agentId: `writer-${n}`, yes: true, out: world.out }, author: `Writer ${n}` };
    const request = `Research USDC lending yields on Base, part ${n}`;
    const { runId } = await world.client.start({ ...asked, request, sources }, keys);
    return await world.bench.drive(runId, { keys });
  };
  const runs = await Promise.all(Array.from({ length: RUNS }, drive));
  expect(runs.map(({ status, error }) => error?.message ?? status)).toEqual(runs.map(() => "done"));
  const questions = servers.flatMap(({ asked }) => asked);
  const answered = new Set(questions.flatMap(({ messages }) => messages.flatMap(({ callId }) => callId ?? [])));
  expect(called).toBe(answered.size);
  const logs = (await Promise.all(runs.map(({ runId }) => world.events(runId))))
    .flat()
    .flatMap((event) => (event.type === "log" ? [event.data.text] : []));
  expect(questions.length).toBeGreaterThan(200);
  // The judge, who asks alone, asks again without a word.
  const troubles = questions.length / 20;
  expect(logs.filter((text) => text.includes("Asking again in")).length).toBeGreaterThanOrEqual(
    Math.floor(troubles / 2),
  );
  // The same prompt is not paid for twice: instructions and what was said are marked for Anthropic's cache.
  const [, second] = anthropic.asked;
  expect(second?.body).toMatch(/"cache_control":\{"type":"ephemeral"/);
}, 600_000);
