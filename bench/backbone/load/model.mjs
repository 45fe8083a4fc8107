// A model behind OpenAI's interface that takes its time: each answer comes after 2 to 10 s, the same for the same seed, run and turn.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { sendCompletion } from "../../completion.mjs";
import { turnOf } from "./script.mjs";

const LATENCY_MS = { least: 2_000, most: 10_000 };

/** Serves on loopback; remembers when each run had its model at work, and how often it was asked for each turn. */
export async function openModel(seed) {
  let asked = new Map();
  let spans = new Map();
  const server = createServer(async (request, response) => {
    const started = Date.now();
    const { messages, stream } = JSON.parse(await text(request));
    const first = wordsOf(messages.find(({ role }) => role === "user")?.content);
    const turn = messages.filter(({ role }) => role === "assistant").length;
    const { harbour, who, call } = turnOf(first, turn);
    const id = `${harbour}.${who}.${turn}`;
    asked.set(id, (asked.get(id) ?? 0) + 1);
    await sleep(latencyOf(seed, id));
    const span = spans.get(harbour) ?? { from: started, to: started };
    spans.set(harbour, { from: Math.min(span.from, started), to: Date.now() });
    sendCompletion(response, answer(id, call), { stream });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    keys: { OPENAI_API_KEY: "load", OPENAI_BASE_URL: `http://127.0.0.1:${server.address().port}/v1` },
    /** What happened since the last call of this: turns and how often each was asked for, and the most runs at work at one time. */
    take() {
      const taken = { asked, atOnce: mostAtOnce([...spans.values()]) };
      asked = new Map();
      spans = new Map();
      return taken;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(id, call) {
  const tools = call && [{ id, type: "function", function: { name: call.tool, arguments: JSON.stringify(call.args) } }];
  const message = { role: "assistant", content: call ? "" : `Done with ${id}.`, tool_calls: tools };
  return {
    // A message with the id of an earlier one would take its place in the conversation.
    id: `load.${id}`,
    object: "chat.completion",
    created: 0,
    model: "load",
    choices: [{ index: 0, message, finish_reason: call ? "tool_calls" : "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function latencyOf(seed, id) {
  const share = createHash("sha256").update(`${seed} ${id}`).digest().readUInt32BE(0) / 2 ** 32;
  return LATENCY_MS.least + share * (LATENCY_MS.most - LATENCY_MS.least);
}

function mostAtOnce(spans) {
  const changes = spans.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

function wordsOf(content) {
  return typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
}
