import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { StateBackend } from "deepagents";
import { summarization } from "../../src/middleware/summarization.js";
import { AskAlone } from "../../src/models/ask-alone.js";
import { ModelDesk } from "../../src/models/desk.js";
import { openModel } from "../../src/models/model.js";
import { readerOf } from "../../src/taint/quarantine/reader.js";
import { programModel } from "../../src/tools/ask-model.js";
import { judgesOf } from "../../src/verification/judges.js";
import { anthropicProtocol } from "../support/model-server/anthropic.js";
import type { ModelRefusal, ModelReply } from "../support/model-server/brain.js";
import { ModelServer } from "../support/model-server/model-server.js";
import { openaiProtocol } from "../support/model-server/openai.js";

const signal = new AbortController().signal;
const PASSAGE = { id: "S1", title: "Towers", start: 0, end: 24, text: "The tower dates of 1827." };
const NO: ModelRefusal = { status: 401, type: "authentication_error", message: "no" };

/** What a model says to each of those who ask alone. */
function answer(system: string): ModelReply {
  if (system.startsWith("You judge")) return { text: '{"verdict": "supported", "quote": "of 1827"}' };
  if (system.startsWith("A sentence of a report")) return { text: "The tower dates of 1827 [S1]." };
  if (system.startsWith("You read one page")) {
    return { text: JSON.stringify({ claims: [{ text: PASSAGE.text, quote: PASSAGE.text }] }) };
  }
  return { text: "Four." };
}

/** A model that does not answer until it is called off. */
async function silent() {
  return Object.assign(await openModel("offline", {}), {
    invoke: (_: unknown, o: { signal: AbortSignal }) =>
      new Promise((_, no) => o.signal.addEventListener("abort", () => no(o.signal.reason), { once: true })),
  });
}

/** Those who ask alone, with a first model and one that takes over. */
async function loners(first: (system: string) => ModelReply | ModelRefusal) {
  const own = await ModelServer.open(anthropicProtocol, ({ system }) => first(system));
  const other = await ModelServer.open(openaiProtocol, ({ system }) => answer(system));
  const keys = { ...own.keys, ...other.keys };
  const roles = { planner: "anthropic:own", researcher: "anthropic:own", verifier: "anthropic:own" };
  const desk = await ModelDesk.open({ ...roles, fallback: "openai:other" }, (name) => openModel(name, keys));
  const told: string[] = [];
  const o = { desk, mayAsk: () => true, onTakeOver: async (text: string) => void told.push(text) };
  const judges = judgesOf(o);
  const question = { title: "Towers", question: "How old is the tower?", text: PASSAGE.text, signal };
  return {
    ...{ own, other, told },
    judge: () => judges?.entail({ claim: `The tower is old ${other.asked.length}.`, passages: [PASSAGE], signal }),
    reword: () => judges?.reword({ sentence: "It is old [S1].", why: "no", passages: [PASSAGE], signal }),
    read: () => readerOf(o)(question),
    program: () => programModel(o)?.ask({ prompt: "Two and two?", signal }),
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

describe("who asks a model alone", () => {
  it.each(["judge", "reword", "read", "program"] as const)(
    "%s: another model takes over when it has failed for good, and the others do not ask it again either",
    async (who) => {
      await using asking = await loners(() => NO);
      expect(await asking[who]()).toBeDefined();
      expect(asking.told).toEqual([expect.stringMatching(/anthropic:own refused the key.*openai:other takes over\.$/)]);
      expect(await asking.judge()).toEqual({ verdict: "supported", quote: "of 1827" });
      expect(await asking.reword()).toEqual(["The tower dates of 1827 [S1]."]);
      expect((await asking.read()).claims).toEqual([{ text: PASSAGE.text, quote: PASSAGE.text }]);
      expect(await asking.program()).toBe("Four.");
      expect([asking.own.asked.length, asking.other.asked.length]).toEqual([1, 5]);
    },
  );

  it("one that keeps to no form is asked twice and then passed over for this question alone", async () => {
    await using asking = await loners((system) => (system.startsWith("You judge") ? { text: "Hm." } : answer(system)));
    expect(await asking.judge()).toMatchObject({ verdict: "supported" });
    expect(await asking.program()).toBe("Four.");
    expect([asking.own.asked.length, asking.other.asked.length]).toEqual([3, 1]);
    expect(asking.told).toEqual([expect.stringContaining("does not answer in the form that a verdict has")]);
  });

  it("one that the run had no time left for has not failed: nobody takes over, and it is asked again", async () => {
    const slow = await silent();
    const asked: string[] = [];
    const roles = { planner: "own", researcher: "own", verifier: "own", fallback: "other" };
    const desk = await ModelDesk.open(roles, async (name) => (name === "own" ? slow : openModel("offline", {})));
    const onTakeOver = async (text: string) => void asked.push(text);
    // Once it is cut off there is more again: half of what is kept for the report.
    const reader = new AskAlone({ desk, asker: "reader", secondsLeft: () => 0.02, onTakeOver });
    const question = { messages: [], signal };
    for (let n = 0; n < 2; n++) await expect(reader.text(question)).rejects.toMatchObject({ code: "no_time_left" });
    expect(asked).toEqual([]);
  });

  it("a summary that the run had no time left for ends no run: what asked goes on without, whatever the clock says", async () => {
    const desk = ModelDesk.of({ name: "own", model: await silent() });
    // The signal has fired a moment before the time is over.
    const meter = { stage: "concluding" as const, secondsLeft: 0.02 };
    const write = async (path: string) => ({ path, filesUpdate: null });
    const backend = Object.assign(new StateBackend(), { write, downloadFiles: async () => [] });
    const { wrapModelCall } = summarization({ desk, asker: "planner", backend, meter, contextTokens: 10 });
    const messages = Array.from({ length: 8 }, () => new HumanMessage("A long story of the tower. ".repeat(20)));
    const request = { messages, state: { messages }, model: desk.of("planner").model, runtime: {} };
    const answer = await wrapModelCall(request as never, async () => new AIMessage("went on"));
    expect(AIMessage.isInstance(answer) ? answer.text : "").toBe("went on");
  });

  it("nobody takes over from one that was called off", async () => {
    await using asking = await loners(() => NO);
    const called = AbortSignal.abort(new Error("called off"));
    const desk = await ModelDesk.open(
      { planner: "openai:m", researcher: "openai:m", verifier: "openai:m", fallback: "openai:other" },
      (name) => openModel(name, asking.other.keys),
    );
    const program = programModel({ desk, mayAsk: () => true });
    await expect(program?.ask({ prompt: "Two and two?", signal: called })).rejects.toThrow("called off");
    expect(asking.other.asked).toEqual([]);
  });
});
