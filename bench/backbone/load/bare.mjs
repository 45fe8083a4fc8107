// The same graph on deepagents alone: the same model, prompts, agents and tool names, an in-memory saver, files in the state, tools that
// answer what ours answer and do nothing. Prints the CPU time it took, in milliseconds, and how many runs reached their last word.
import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { createDeepAgent, StateBackend } from "deepagents";
import { todoListMiddleware, tool } from "langchain";
import { z } from "zod";
import { mainPrompt } from "../../../packages/agent/dist/prompts/main.js";
import { publisherPrompt } from "../../../packages/agent/dist/prompts/publisher.js";
import { researcherPrompt } from "../../../packages/agent/dist/prompts/researcher.js";
import { verifierPrompt } from "../../../packages/agent/dist/prompts/verifier.js";
import { inParallel } from "../../measure.mjs";
import { requestOf, sourceOf } from "./script.mjs";

const [count, width] = process.argv.slice(2).map(Number);
const folder = "/workspace";

/** Files in the state, and a shell that answers at once. */
class Shell extends StateBackend {
  id = "bare";
  async execute() {
    return { output: "204 /workspace/draft.md\n", exitCode: 0, truncated: false };
  }
}

/** A tool that answers at once: what ours cost beyond that is what the bench asks. */
function instant(name, schema, answer) {
  return tool(async (args) => answer(args), {
    name,
    description: `${name}, answered at once.`,
    schema: z.object(schema),
  });
}

function agentFor(harbour) {
  const path = { filepath: z.string() };
  const source = { source: z.string(), offset: z.int().default(0) };
  const read = instant("read_source", source, () => JSON.stringify({ source: "S1", text: sourceOf(harbour) }));
  const search = instant("search_choir_kb", { query: z.string() }, () => "[]");
  const web = instant("web_search", { query: z.string() }, () => "[]");
  const verify = instant("verify_citations", path, () =>
    JSON.stringify({ passed: true, rate: 1, total: 12, supported: 12 }),
  );
  const publish = instant("publish_to_choir", path, () =>
    JSON.stringify({ article_id: "a", novelty_score: 0.5, to_cite: [] }),
  );
  const cite = instant("cite_article", { article_id: z.string() }, () => "{}");
  const stop = instant("stop_without_report", { reason: z.string() }, () => "{}");
  const model = new ChatOpenAI({
    model: "load",
    apiKey: process.env.OPENAI_API_KEY,
    configuration: { baseURL: process.env.OPENAI_BASE_URL },
  });
  const subagent = (name, systemPrompt, tools) => ({ name, description: `The ${name}.`, systemPrompt, tools });
  return createDeepAgent({
    name: "bare",
    model,
    systemPrompt: mainPrompt({ folder, date: "2026-01-01" }),
    tools: [search, stop],
    middleware: [todoListMiddleware()],
    subagents: [
      subagent("researcher", researcherPrompt(folder, { scripts: true }), [web, read, search]),
      subagent("verifier", verifierPrompt(folder), [verify, read, web]),
      subagent("publisher", publisherPrompt(folder), [publish, cite]),
    ],
    backend: new Shell(),
    checkpointer: new MemorySaver(),
  });
}

async function run(harbour) {
  const result = await agentFor(harbour).invoke(
    { messages: [new HumanMessage(requestOf(harbour))] },
    { configurable: { thread_id: `run ${harbour}` }, recursionLimit: 500 },
  );
  return result.messages.at(-1)?.text === `Done with ${harbour}.main.6.`;
}

// Once before it is counted: what is compiled and loaded is not what a step costs.
await run(9_999);
const before = process.cpuUsage();
const finished = await inParallel(count, width, (n) => run(n + 1));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuMs: (user + system) / 1_000, finished: finished.filter(Boolean).length }));
