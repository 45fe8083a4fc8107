// Five researchers of one run, with the real command, its server and a VM. The model is a server of this machine that answers each
// question after a while, as a service does; two of the researchers are cut off, one by its model and one by nothing but the clock.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findServer } from "../../apps/server/dist/index.js";
import { sendCompletion } from "../completion.mjs";
import { row } from "../measure.mjs";

const PROGRAM = fileURLToPath(new URL("../../apps/cli/bin/vibewriter.mjs", import.meta.url));
const ANSWER_MS = 2_000;
const NAMES = ["one", "two", "three", "broken", "silent"];
/** So short that one after the other would take more than twice as long. */
const LIMIT_SECONDS = 12;
const SENTENCE = "The lighthouse of Kap Arkona was built in 1827.";

const run = promisify(execFile);

export async function parallelRows() {
  const home = await openHome();
  const model = await openModel();
  const env = { ...process.env, VIBEWRITER_HOME: home, OPENAI_API_KEY: "no-real-key", OPENAI_BASE_URL: model.url };
  const command = (...words) => run(process.execPath, [PROGRAM, ...words], { env, cwd: home, timeout: 300_000 });
  try {
    const words = [
      "research",
      "Research the lighthouse",
      "--sources",
      join(home, "notes.md"),
      "--model",
      "openai:scripted",
    ];
    // It ends without a report that was checked, which its exit code says; what counts here is in its events.
    await command(...words, "--json").catch((error) => error);
    const client = await findServer(home);
    const [{ runId, folder }] = await client.runs();
    const tasks = new Map();
    const ends = [];
    for await (const event of client.events(runId, { after: 0, signal: AbortSignal.timeout(30_000) })) {
      const { id, name } = event.data;
      const at = Date.parse(event.time);
      if (event.type === "subagent.started" && name === "researcher") tasks.set(id, { from: at });
      if (event.type === "subagent.finished" && tasks.has(id)) tasks.get(id).to = at;
      if (event.type === "budget" && event.data.end !== undefined) ends.push(event.data.end);
    }
    const times = [...tasks.values()];
    const wall = Math.max(...times.map(({ to }) => to)) - Math.min(...times.map(({ from }) => from));
    const slowest = Math.max(...times.map(({ from, to }) => to - from));
    const draft = await readFile(join(folder, "draft.md"), "utf8").catch(() => "");
    const cut = ends.filter((end) => end === "model_failed" || end === "time").length;
    return [
      row("research.parallel_ratio", wall / slowest, "times", { atMost: 2 }),
      row("research.researchers", times.length, "", { atLeast: NAMES.length }),
      row("research.cut_off", cut, "", { atLeast: 2 }),
      row("research.synthesis_with_two_cut_off", draft.includes("1827 [S1]") ? 1 : 0, "drafts", { atLeast: 1 }),
    ];
  } finally {
    // Where the server has ended by itself there is nothing to stop, and the home goes anyway.
    await command("stop").catch(() => undefined);
    await model.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** A home that shares the cache that the set-up filled. */
async function openHome() {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const home = await mkdtemp(join(tmpdir(), "vw-bench-"));
  await cp(join(real, "setup.json"), join(home, "setup.json"));
  await symlink(join(real, "cache"), join(home, "cache"));
  await writeFile(join(home, "config.json"), JSON.stringify({ researcher: { seconds: LIMIT_SECONDS } }));
  await writeFile(join(home, "notes.md"), `# Towers\n\n${SENTENCE}\n`);
  return home;
}

/** OpenAI's chat completions, as far as this needs them. */
async function openModel() {
  const server = createServer(async (request, response) => {
    const { messages, stream } = JSON.parse(await text(request));
    const first = wordsOf(messages.find(({ role }) => role === "user")?.content);
    const turn = messages.filter(({ role }) => role === "assistant").length;
    const name = NAMES.find((one) => first.includes(`Question: ${one}`));
    if (name === "silent") return;
    await delay(ANSWER_MS);
    if (name !== "broken") return sendCompletion(response, answer(callsOf(name, turn), turn), { stream });
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "broken" } }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function callsOf(name, turn) {
  if (turn > 0) return [];
  if (name === undefined)
    return NAMES.map((one) => ["task", { subagent_type: "researcher", description: `Question: ${one}` }]);
  const claim = { text: SENTENCE, question: name, support: [{ source: "S1", quote: SENTENCE }] };
  return [["record_claims", { claims: [claim] }]];
}

let answers = 0;
function answer(calls, turn) {
  const tool_calls = calls.map(([name, args], n) => ({
    id: `call_${answers}_${turn}_${n}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
  const message = {
    role: "assistant",
    content: calls.length === 0 ? "Done." : "",
    ...(calls.length === 0 ? {} : { tool_calls }),
  };
  return {
    id: `answer.${answers++}`,
    object: "chat.completion",
    created: 0,
    model: "scripted",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function wordsOf(content) {
  return typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
}
