import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BaseMessage } from "@langchain/core/messages";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { ScriptedModel } from "../../../../tests/support/scripted-model.js";
import { seededRandom } from "../../../microvm/test/support/random.js";
import { openRuns } from "../../src/runs/open-runs.js";
import { bundleWorker, PoolWorker } from "../support/pool.js";
import { World } from "../support/world.js";

const MILLS = "Alder Birch Cedar Dogwood Elder Fir Gorse Hazel Ivy Juniper Kapok Laurel Maple".split(" ");
const NOTE = `# Tide mills on the Atlantic coast

${MILLS.map((name, n) => `The ${name} mill grinds ${(n + 11) * 10} tonnes of wheat each year between spring and autumn.\n\n${"The tide comes in twice a day and fills the basins behind the dams of the coast slowly. ".repeat(6)}`).join("\n\n")}`;

/** A context in which twenty turns do not fit. */
const SMALL = { VIBEWRITER_CONTEXT_TOKENS: "20000" };
const TURNS = 20;

/** Where the worker is killed, the same for the same VIBEWRITER_KILL_SEED: so many events into a turn, and after another turn. */
function killsOf(seed: number) {
  const random = seededRandom(seed * 104_729);
  const turn = () => 1 + Math.floor(random() * (TURNS - 1));
  // Each turn tells at least that it is queued, and under way, and what it came to.
  return { within: { turn: turn(), events: 1 + Math.floor(random() * 4) }, after: { turn: turn() } };
}

let world: World;
beforeAll(async () => {
  await bundleWorker();
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Values {
  messages: BaseMessage[];
  todos?: { content: string; status: string }[];
  _heard?: number;
  _summarizationEvent?: unknown;
}

async function valuesOf(agent: string): Promise<Values> {
  const saver = NatsSaver.fromConnection(world.base.backbone.connection, { agent });
  const tuple = await saver.getTuple({ configurable: { thread_id: `chat-${agent}` } });
  return (tuple?.checkpoint.channel_values ?? {}) as unknown as Values;
}

/** The one worker that there is. */
class Workers implements AsyncDisposable {
  current: PoolWorker;
  killed = 0;

  constructor(first: PoolWorker) {
    this.current = first;
  }

  /** Kills it, and has another one in its place. */
  async replace(start: () => Promise<PoolWorker>): Promise<void> {
    await this.current.signal("SIGKILL");
    this.killed += 1;
    this.current = await start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.current[Symbol.asyncDispose]();
  }
}

const sizeOf = ({ messages }: Values) => JSON.stringify(messages).length;

async function historyIn(folder: string): Promise<string> {
  const files = await readdir(folder);
  return (await Promise.all(files.map((file) => readFile(`${folder}/${file}`, "utf8")))).join("\n");
}

describe("a conversation of twenty turns that crosses summarization", () => {
  it("keeps its plan and what it was told, with the offline model, and answers each turn once although its workers are killed", async () => {
    const notes = await world.folder("mills", { "tide-mills.md": NOTE });
    const agentId = "long";
    const { home, backbone } = world.base;
    await using desk = await openRuns({ ...world, home, backbone, capacity: 0, version: "test" });
    const { user, password } = backbone.server?.credentials ?? {};
    const url = backbone.server?.url.replace("nats://", `nats://${user}:${password}@`) ?? "";
    const work = (name: string) => PoolWorker.start({ url, folder: join(home, "workers"), name, env: SMALL });
    await using workers = new Workers(await work("first"));
    const kills = killsOf(Number(process.env.VIBEWRITER_KILL_SEED ?? 1));
    let turn = 0;
    const ask = async (text: string, sources: string[] = []) => {
      const request = { agentId, text, out: world.out, sources, model: "offline" };
      const { run, after } = await desk.client.conversations.chat(request, {});
      const killAt = ++turn === kills.within.turn ? kills.within.events : Number.POSITIVE_INFINITY;
      let seen = 0;
      for await (const _ of desk.client.follow(run.runId, { after, signal: AbortSignal.timeout(60_000) })) {
        // Its next process finds its VM as it was, and takes the run back.
        if (++seen === killAt) await workers.replace(() => work("first"));
      }
      // Another host, where the agent has no VM.
      if (turn === kills.after.turn) await workers.replace(() => work("second"));
      const { error, result } = await desk.client.get(run.runId);
      expect(error, JSON.stringify(kills)).toBeUndefined();
      return result?.answer ?? "";
    };
    const questions = MILLS.map((name) => `How much wheat does the ${name} mill grind each year?`);
    const sizes: number[] = [];
    await ask("Remember that my mill is called Woodbridge.", [notes]);
    expect(await ask("The plan: read about the gates; compare three mills; write to the council")).toContain("3 steps");
    await ask("Step 1 is done.");
    await ask("hello");
    await ask("The council meets on the 9th of May.");
    for (const [n, question] of questions.entries()) {
      expect(await ask(question)).toContain(`${MILLS[n]} mill grinds ${(n + 11) * 10} tonnes of wheat each year`);
      sizes.push(sizeOf(await valuesOf(agentId)));
    }
    const plan = await ask("What is the plan?");
    expect(plan).toBe(
      "The plan:\n1. read about the gates (done)\n2. compare three mills (open)\n3. write to the council (open)",
    );
    const recalled = await ask("What did I tell you about the council and about my mill?");
    expect(recalled).toContain("The council meets on the 9th of May.");
    expect(recalled).toContain("my mill is called Woodbridge.");

    expect(turn).toBe(TURNS);
    expect(workers.killed).toBe(2);
    const told = (await world.events(`chat-${agentId}`)).map(({ type }) => type);
    const answered = told.filter((type) => type === "turn.added" || type === "result");
    expect(answered, JSON.stringify(kills)).toEqual(Array(TURNS).fill(["turn.added", "result"]).flat());

    const values = await valuesOf(agentId);
    expect(values._heard).toBe(TURNS);
    expect(values._summarizationEvent).toBeDefined();
    expect(values.messages.length).toBeLessThan(30);
    // The checkpoint does not grow with the thread: the last ones are no larger than those of the middle.
    const [early, late] = [sizes.slice(3, 8), sizes.slice(8)];
    expect(Math.max(...late)).toBeLessThan(1.5 * Math.max(...early));
    const history = await historyIn(workers.current.path(agentId, "conversation_history"));
    expect(history).toContain("Human: The council meets on the 9th of May.");
    expect(history).toContain("Human: The plan: read about the gates");
    const { turns } = await world.client.get("chat-long");
    expect(turns.length).toBeLessThan(10);
  }, 240_000);

  it("shows a model of another kind its plan beside the summary, and every turn once", async () => {
    const agentId = "other";
    let asked = 0;
    await using model = await ScriptedModel.open(() => []);
    const long = "A long remark about the sluice gates. ".repeat(90);
    for (let turn = 1; turn <= 20; turn++) {
      const text = `Turn ${turn}: ${long}`;
      const request = { agentId, text, out: world.out, model: "openai:scripted" };
      const {
        run: { runId },
      } = await world.client.conversations.chat(request, model.keys);
      if (turn === 2) {
        await world.client.conversations.editPlan(runId, [{ content: "oil the gate", status: "in_progress" }]);
      }
      const run = await world.bench.drive(runId, { keys: { ...model.keys, ...SMALL } });
      expect(run).toMatchObject({ status: "done", heard: turn });
    }
    for (const body of model.heard) {
      const { messages } = JSON.parse(body) as { messages: { role: string; content: unknown }[] };
      if (messages.some(({ content }) => String(content).includes("Conversation to summarize"))) continue;
      asked++;
      const turns = messages.flatMap(({ content }) => /^Turn (\d+): /.exec(String(content))?.[1] ?? []);
      expect(new Set(turns).size).toBe(turns.length);
      expect(turns).toEqual([...turns].sort((a, b) => Number(a) - Number(b)));
    }
    expect(asked).toBe(20);
    const last = JSON.parse(model.heard.at(-1) ?? "{}") as { messages: { role: string; content: unknown }[] };
    const summary = last.messages.find(({ content }) => JSON.stringify(content).includes("<summary>"));
    expect(JSON.stringify(summary)).toContain("- [-] oil the gate");
    expect((await valuesOf(agentId)).todos).toEqual([{ content: "oil the gate", status: "in_progress" }]);
    expect(await historyIn(world.machines.path(agentId, "conversation_history"))).toContain(
      "Human: Turn 1: A long remark",
    );
  }, 240_000);
});
