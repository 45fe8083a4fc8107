import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { createAgent } from "langchain";
import { z } from "zod";
import { rootError } from "../../src/errors.js";
import { modelCalls } from "../../src/middleware/model-calls.js";
import { runScope } from "../../src/middleware/run-scope.js";
import { answeredBy } from "../../src/models/answer.js";
import type { AnswerLimits, Written } from "../../src/models/answer-watch.js";
import { ModelDesk } from "../../src/models/desk.js";
import { openModel } from "../../src/models/model.js";
import { type Usage, usageOf } from "../../src/telemetry/usage.js";
import { anthropicProtocol } from "../support/model-server/anthropic.js";
import type { Brain, ModelRefusal, ModelReply } from "../support/model-server/brain.js";
import { googleProtocol } from "../support/model-server/google.js";
import { ModelServer } from "../support/model-server/model-server.js";
import { ollamaProtocol } from "../support/model-server/ollama.js";
import { openaiProtocol } from "../support/model-server/openai.js";

const PROTOCOLS = {
  ...{ anthropic: anthropicProtocol, openai: openaiProtocol },
  ...{ google: googleProtocol, ollama: ollamaProtocol },
};
type Name = keyof typeof PROTOCOLS;
const NAMES: Name[] = ["anthropic", "openai", "google", "ollama"];
/** In whose words an answer ends because it reached the model's limit, or because the model will not give it; Ollama's models say that in text. */
const ENDS: Record<Name, { limit: string; refused?: string }> = {
  anthropic: { limit: "max_tokens", refused: "refusal" },
  openai: { limit: "length", refused: "content_filter" },
  google: { limit: "MAX_TOKENS", refused: "SAFETY" },
  ollama: { limit: "length" },
};
const LIMITS: AnswerLimits = { characters: 100_000, silenceMs: 300, wholeMs: 20_000 };

/** What a small agent with one tool did, asked once. */
async function ask(o: {
  server: ModelServer;
  name: Name;
  fallback?: { server: ModelServer; name: Name };
  limits?: AnswerLimits;
}) {
  const told: string[] = [];
  const written: Written[] = [];
  const weighed: string[] = [];
  const unused: Usage[] = [];
  const weigh = tool(
    ({ what }) => {
      weighed.push(what);
      // As deepagents' tools answer, some of them.
      return [{ type: "text", text: `${what} weighs 3 kg` }];
    },
    { name: "weigh", description: "Weighs a thing.", schema: z.object({ what: z.string() }) },
  );
  const planner = `${o.name}:served`;
  const fallback = o.fallback && `${o.fallback.name}:other`;
  const keys = { ...o.fallback?.server.keys, ...o.server.keys };
  const models = { planner, researcher: planner, verifier: planner, fallback };
  const desk = await ModelDesk.open(models, (name) => openModel(name, keys));
  const emit = async (event: { type: string; data: object }) => {
    if (event.type === "log" && "text" in event.data) told.push(String(event.data.text));
  };
  const patience = { pausesMs: [5, 5, 5, 5], mostMs: 2_000 };
  const agent = createAgent({
    model: desk.of("planner").model,
    tools: [weigh],
    systemPrompt: "You weigh things.",
    middleware: [
      runScope({ thread: "t", agent: "vibewriter", emit }),
      modelCalls({
        ...{ agent: "vibewriter", role: "planner", desk, emit, patience, limits: o.limits ?? LIMITS },
        meter: { unused: async ({ usage }) => void unused.push(usage) },
        watch: () => (now) => written.push(now),
      }),
    ],
  });
  const result = agent.invoke({ messages: [new HumanMessage("Weigh a stone and a feather.")] }, { recursionLimit: 30 });
  const { messages, error } = await result.then(
    (state) => ({ messages: state.messages, error: undefined }),
    (cause: unknown) => ({ messages: [], error: cause }),
  );
  const root = error === undefined ? undefined : rootError(error);
  return { messages, last: messages.at(-1), error: root, told, written, weighed, unused };
}

/** Answers in turn; the last one for ever. */
function inTurn(...replies: (ModelReply | ModelRefusal)[]): Brain {
  return ({ number }) => replies[Math.min(number, replies.length) - 1] ?? {};
}

const CALLS = {
  text: "I weigh both.",
  calls: [
    { name: "weigh", args: { what: "a stone" } },
    { name: "weigh", args: { what: "a feather" } },
  ],
  usage: { input: 220, output: 30, cacheRead: 100 },
} satisfies ModelReply;
/** Events of {@link CALLS} after which half of the first call's arguments are there, or the first call where calls come whole. */
const HALF = { anthropic: 9, openai: 5, google: 3, ollama: 3 };
const DONE: ModelReply = { text: "Both weigh 3 kg." };
const refusal = (status: number, type: string, message: string, more: object = {}): ModelRefusal => ({
  ...{ status, type, message },
  ...more,
});

describe.each(NAMES)("a model behind the protocol of %s", (name) => {
  const open = (brain: Brain) => ModelServer.open(PROTOCOLS[name], brain);
  const CUT_OFF = { ...CALLS, reason: ENDS[name].limit };

  it("streams words and parallel calls, is answered, and says what it took", async () => {
    await using server = await open(inTurn(CALLS, DONE));
    const { last, weighed, written, messages, told } = await ask({ server, name });
    expect(last?.text).toBe("Both weigh 3 kg.");
    expect(weighed).toEqual(["a stone", "a feather"]);
    expect(told).toEqual([]);
    const [first, second] = server.asked;
    expect(first).toMatchObject({
      stream: true,
      tools: ["weigh"],
      model: "served",
      // Ollama has no keys.
      key: name === "ollama" ? undefined : expect.stringContaining("no-real-key"),
    });
    expect(second?.messages.filter(({ role }) => role === "tool").map(({ text }) => text)).toEqual([
      "a stone weighs 3 kg",
      "a feather weighs 3 kg",
    ]);
    expect(written.map(({ text }) => text).join("")).toContain("I weigh both.");
    expect(written.some(({ tool: which }) => which === "weigh")).toBe(true);
    // Nor a cache that it speaks of.
    const cacheRead = name === "ollama" ? 0 : 100;
    expect(usageOf(messages[1])).toMatchObject({ input: 220, output: 30, cacheRead });
    expect(answeredBy(messages[1])).toBe(`${name}:served`);
  });

  it.each([
    ["429 with Retry-After", refusal(429, "rate_limit_error", "slow down", { retryAfter: 0 })],
    ["529", refusal(529, "overloaded_error", "Overloaded")],
    ["500", refusal(500, "api_error", "Internal server error")],
    ["a failure in the stream", refusal(529, "overloaded_error", "Overloaded", { inStream: true })],
    ["a connection that breaks in the middle of a call", { ...CALLS, cut: { after: HALF[name], how: "connection" } }],
    ["a stream that ends in the middle of a call", { ...CALLS, cut: { after: HALF[name], how: "cleanly" } }],
    ["a stream that falls silent", { ...CALLS, cut: { after: HALF[name], how: "silent" } }],
  ] as const)("is asked again after %s, and each call is made once", async (_, trouble) => {
    await using server = await open(inTurn(trouble, trouble, CALLS, DONE));
    const { last, weighed, told } = await ask({ server, name });
    expect(last?.text).toBe("Both weigh 3 kg.");
    expect(weighed).toEqual(["a stone", "a feather"]);
    expect(server.asked).toHaveLength(4);
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/Asking again in 0\.\d s\.$/);
  });

  it("waits as long as Retry-After says, and not for a service that wants more patience than there is", async () => {
    await using server = await open(inTurn(refusal(429, "rate_limit_error", "slow down", { retryAfter: 1 }), DONE));
    const started = performance.now();
    expect((await ask({ server, name })).last?.text).toBe("Both weigh 3 kg.");
    expect(performance.now() - started).toBeGreaterThan(950);
    await using away = await open(inTurn(refusal(429, "rate_limit_error", "slow down", { retryAfter: 3_600 })));
    expect(await ask({ server: away, name })).toMatchObject({ error: { code: "model_busy" } });
    expect(away.asked).toHaveLength(1);
  });

  it.each([
    [401, "authentication_error", "invalid x-api-key no-real-key-0123456789", "bad_key"],
    [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "bad_key"],
    [404, "not_found_error", "model: served", "unknown_model"],
    [402, "billing_error", "pay", "no_credit"],
    [429, "insufficient_quota", "Your organization is out of credits.", "no_credit"],
    [400, "invalid_request_error", "Your credit balance is too low to access the API.", "no_credit"],
    [
      400,
      "invalid_request_error",
      "prompt is too long: 210000 tokens > 200000 maximum context length",
      "context_too_long",
    ],
    [400, "content_filter", "The response was filtered due to our content policy.", "content_refused"],
    [400, "invalid_request_error", "bad parameter for no-real-key-0123456789", "model_failed"],
  ])("tells %i %s as what it is, asks once, and repeats no key", async (status, type, message, code) => {
    await using server = await open(inTurn(refusal(status, type, message)));
    const { error } = await ask({ server, name });
    expect(error).toMatchObject({ code, message: expect.stringMatching(/run|model/) });
    expect(String(error)).not.toContain("no-real-key");
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ["not JSON", { calls: [{ name: "weigh", args: '{"what": "a st' }], usage: { input: 7, output: 3 } }],
    ["a list", { calls: [{ name: "weigh", args: '["a stone"]' }], usage: { input: 7, output: 3 } }],
    ["cut off by the model's own limit", CUT_OFF],
  ])("a call whose arguments are %s is not made; the model is told and asked again", async (_, broken) => {
    await using server = await open(inTurn(broken, CALLS, DONE));
    const { last, weighed, unused } = await ask({ server, name });
    expect(last?.text).toBe("Both weigh 3 kg.");
    expect(weighed).toEqual(["a stone", "a feather"]);
    // What it took is counted as the provider has said it; Ollama fails with a call that it cannot read, and says nothing.
    const { input, output } = broken.usage;
    expect(unused).toMatchObject(name === "ollama" && broken !== CUT_OFF ? [] : [{ input, output }]);
    expect(server.asked[1]?.messages.at(-1)?.text).toContain("Answer again.");
    await using stubborn = await open(inTurn(broken));
    expect(await ask({ server: stubborn, name })).toMatchObject({ error: { code: "bad_answer" }, weighed: [] });
    expect(stubborn.asked).toHaveLength(3);
  });

  it("a tool that does not exist is an answer to the model", async () => {
    await using server = await open(inTurn({ calls: [{ name: "fly", args: {} }] }, DONE));
    const { last } = await ask({ server, name });
    expect(last?.text).toBe("Both weigh 3 kg.");
    expect(server.asked[1]?.messages.at(-1)?.text).toMatch(/fly.*weigh/s);
  });

  it("an answer of 10 MB, or without an end, is broken off; the model is told, and the run says so if it does not help", async () => {
    const limits = { ...LIMITS, characters: 3_000 };
    const long = "All work and no play. ".repeat(480_000);
    await using server = await open(inTurn({ text: long }, { text: "On and on. ".repeat(9), endless: true }, DONE));
    const { last, unused } = await ask({ server, name, limits });
    expect(last?.text).toBe("Both weigh 3 kg.");
    // Nobody says what they took: it is at least what came of them.
    expect(unused.map(({ output }) => output > 700)).toEqual([true, true]);
    await using stubborn = await open(inTurn({ text: "On and on. ".repeat(9), endless: true }));
    const { error } = await ask({ server: stubborn, name, limits });
    expect(error).toMatchObject({ code: "bad_answer", message: expect.stringContaining("without an end") });
  });

  it("a refusal of the model is not an answer", async ({ skip }) => {
    const reason = ENDS[name].refused;
    if (reason === undefined) return skip(`${name} has no word for a refusal: it answers in its own words`);
    await using server = await open(inTurn({ text: "I", reason, usage: { input: 90, output: 1 } }));
    const { error, unused } = await ask({ server, name });
    expect(error).toMatchObject({ code: "content_refused" });
    expect(unused).toMatchObject([{ input: 90, output: 1 }]);
  });

  it("another model takes over when it has failed for good, goes on at once, and the log says so", async () => {
    const other = name === "anthropic" ? "openai" : "anthropic";
    await using server = await open(inTurn(refusal(401, "authentication_error", "no")));
    await using second = await ModelServer.open(PROTOCOLS[other], inTurn(CALLS, DONE));
    const { last, weighed, told } = await ask({ server, name, fallback: { server: second, name: other } });
    expect(last?.text).toBe("Both weigh 3 kg.");
    expect(answeredBy(last)).toBe(`${other}:other`);
    expect(weighed).toHaveLength(2);
    // Its second question goes to the other one without asking the first again.
    expect(server.asked).toHaveLength(1);
    expect(told).toEqual([expect.stringMatching(new RegExp(`refused the key.*${other}:other takes over\\.$`))]);
  });
});

it("a thread that one provider's model has begun goes on with another's, whatever ids its calls have", async () => {
  const gone = refusal(403, "PERMISSION_DENIED", "no");
  for (const [name, other] of [
    ["google", "openai"],
    ["ollama", "google"],
    ["openai", "ollama"],
    ["google", "anthropic"],
    ["anthropic", "google"],
  ] as const) {
    await using server = await ModelServer.open(PROTOCOLS[name], inTurn(CALLS, gone));
    await using second = await ModelServer.open(PROTOCOLS[other], inTurn(CALLS, DONE));
    const { last, weighed } = await ask({ server, name, fallback: { server: second, name: other } });
    expect([name, last?.text]).toEqual([name, "Both weigh 3 kg."]);
    expect(weighed).toHaveLength(4);
    // What the first one's calls came to, and the second one's.
    expect(second.asked[1]?.messages.filter(({ role }) => role === "tool")).toHaveLength(4);
  }
});

describe("Google", () => {
  const open = (brain: Brain) => ModelServer.open(googleProtocol, brain);
  const USED_UP = "You exceeded your current quota, please check your plan and billing details.";
  const quota = (id: string) => refusal(429, "RESOURCE_EXHAUSTED", USED_UP, { quota: id, retryAfter: 0 });

  it("says the same of a limit per minute, which passes, and of one that does not", async () => {
    await using server = await open(inTurn(quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), DONE));
    expect((await ask({ server, name: "google" })).last?.text).toBe("Both weigh 3 kg.");
    await using away = await open(inTurn(quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")));
    expect((await ask({ server: away, name: "google" })).error).toMatchObject({ code: "no_credit" });
    expect(away.asked).toHaveLength(1);
  });

  it("refuses a question without an answer", async () => {
    await using server = await open(inTurn({ reason: "OTHER" }));
    expect((await ask({ server, name: "google" })).error).toMatchObject({ code: "content_refused" });
    expect(server.asked).toHaveLength(1);
  });
});
