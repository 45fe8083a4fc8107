import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { MessagesAnnotation, MessagesDeltaValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { collect, metadata, noise, threadConfig } from "./helpers.js";
import { TestServer } from "./nats-server.js";

let server: TestServer;
let saver: NatsSaver;

beforeAll(async () => {
  server = await TestServer.start();
  saver = await NatsSaver.fromUrl(server.url);
  await saver.setup();
});

afterAll(async () => {
  await saver?.end();
  await server?.[Symbol.asyncDispose]();
});

const now = { olderThan: 0 };

describe("prune", () => {
  it("leaves the head of a finished thread, with all of its values, and goes on from there", async () => {
    const { thread, list } = await growing("long run", 60);
    const before = (await server.streamState()).bytes;
    expect(await saver.prune({ finished: [thread], ...now })).toEqual({
      threads: 1,
      checkpoints: 59,
      values: 0,
      damaged: [],
    });
    expect((await server.streamState()).bytes).toBeLessThan(before);

    await using fresh = await NatsSaver.fromUrl(server.url);
    const head = await fresh.getTuple(threadConfig(thread));
    expect(head?.checkpoint.channel_values).toEqual({ list });
    expect(head?.pendingWrites).toEqual([["task", "list", "59"]]);
    expect(await collect(fresh.list(threadConfig(thread)))).toEqual([head]);
    expect(await fresh.getTuple(head?.parentConfig ?? {})).toBeUndefined();

    // What was pruned is of no use to what comes next, and a second time there is nothing left to do.
    for (const writer of [saver, fresh]) await more(writer, thread, [...list, noise(3_000)]);
    expect((await fresh.getTuple(threadConfig(thread)))?.checkpoint.channel_values.list).toHaveLength(61);
    expect(await saver.prune({ finished: [thread], ...now, keepNewest: 3 })).toMatchObject({ checkpoints: 0 });
    await fresh.deleteThread(thread);
    expect(await server.messagesUnder(thread)).toBe(0);
  });

  it("touches no thread that is not finished, and nothing that is younger than it was told", async () => {
    const { thread } = await growing("young", 5);
    const { thread: other } = await growing("under way", 5);
    expect(await saver.prune({ finished: [thread] })).toMatchObject({ threads: 1, checkpoints: 0 });
    const asked: string[] = [];
    const isFinished = (id: string) => {
      asked.push(id);
      return id === thread;
    };
    expect(await saver.prune({ finished: isFinished, ...now, keepNewest: 2 })).toMatchObject({
      threads: 1,
      checkpoints: 3,
    });
    expect(asked).toContain(other);
    expect(await collect(saver.list(threadConfig(other)))).toHaveLength(5);
    expect(await collect(saver.list(threadConfig(thread)))).toHaveLength(2);
  });

  it("keeps where branches part and where each ends, and all of them readable", async () => {
    const thread = "branches";
    const { ids, list } = await growing(thread, 10);
    const at = (index: number) => ({
      configurable: { ...threadConfig(thread).configurable, checkpoint_id: ids[index] },
    });
    await saver.getTuple(at(4));
    const fork = await saver.put(
      at(4),
      checkpoint(100, [...list.slice(0, 5), "fork"]),
      metadata(5, { source: "fork" }),
      {
        list: 100,
      },
    );
    await saver.put(fork, checkpoint(101, [...list.slice(0, 5), "fork", "more"]), metadata(6), { list: 101 });
    await saver.prune({ finished: [thread], ...now });
    await using fresh = await NatsSaver.fromUrl(server.url);
    const left = await collect(fresh.list(threadConfig(thread)));
    expect(left.map((tuple) => (tuple.checkpoint.channel_values.list as unknown[]).length)).toEqual([7, 6, 10, 5]);
    expect(left[2]?.checkpoint.channel_values).toEqual({ list });
    expect(left[3]?.checkpoint.channel_values).toEqual({ list: list.slice(0, 5) });
    expect(await fresh.prune({ finished: [thread], ...now })).toMatchObject({ checkpoints: 0 });
  });

  it("lets a fork from a checkpoint that is pruned under way stand by itself", async () => {
    const thread = "forked meanwhile";
    const { ids, list } = await growing(thread, 8);
    const at = { configurable: { ...threadConfig(thread).configurable, checkpoint_id: ids[3] } };
    await saver.getTuple(at);
    await using janitor = await NatsSaver.fromUrl(server.url);
    await janitor.prune({ finished: [thread], ...now });
    const values = [...list.slice(0, 4), "fork"];
    await saver.put(at, checkpoint(50, values), metadata(4, { source: "fork" }), { list: 50 });
    await using fresh = await NatsSaver.fromUrl(server.url);
    expect((await fresh.getTuple(threadConfig(thread)))?.checkpoint.channel_values).toEqual({ list: values });
  });

  it("keeps what delta channels are rebuilt from", async () => {
    const config = { configurable: { thread_id: "deltas" } };
    const build = (checkpointer: NatsSaver) =>
      new StateGraph(new StateSchema({ messages: MessagesDeltaValue }))
        .addNode("reply", ({ messages }) => ({ messages: [new AIMessage(`reply ${messages.length}`)] }))
        .addEdge(START, "reply")
        .addEdge("reply", "__end__")
        .compile({ checkpointer });
    for (let turn = 0; turn < 6; turn += 1) {
      await build(saver).invoke({ messages: [new HumanMessage(`turn ${turn}`)] }, config);
    }
    const before = (await build(saver).getState(config)).values.messages.map(text);
    await saver.prune({ finished: ["deltas"], ...now });
    await using fresh = await NatsSaver.fromUrl(server.url);
    expect((await build(fresh).getState(config)).values.messages.map(text)).toEqual(before);
    expect(before).toHaveLength(12);
    for (const state of await collect(build(fresh).getStateHistory(config))) {
      expect(state.values.messages.map(text)).toEqual(before.slice(0, state.values.messages.length));
    }
  });

  it("leaves a graph that it can go on with, subgraphs and all", async () => {
    const config = { configurable: { thread_id: "graph" } };
    const inner = new StateGraph(MessagesAnnotation)
      .addNode("inner", ({ messages }) => ({ messages: [new AIMessage(`${messages.length} ${noise(2_000)}`)] }))
      .addEdge(START, "inner")
      .compile({ checkpointer: true });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("outer", inner)
      .addEdge(START, "outer")
      .compile({ checkpointer: saver });
    for (let turn = 0; turn < 4; turn += 1) await graph.invoke({ messages: [new HumanMessage("go on")] }, config);
    const before = await graph.getState(config, { subgraphs: true });
    const { checkpoints } = await saver.prune({ finished: ["graph"], ...now });
    expect(checkpoints).toBeGreaterThan(8);
    expect(await graph.getState(config, { subgraphs: true })).toEqual(before);
    const { messages } = await graph.invoke({ messages: [new HumanMessage("again")] }, config);
    expect(messages.length).toBe(before.values.messages.length + 2);
  });

  it("can be interrupted anywhere and repeated", async () => {
    for (let cut = 1; cut <= 22; cut += 3) {
      const { thread, list } = await growing(`interrupted ${cut}`, 12);
      await using victim = await NatsSaver.fromUrl(server.url);
      const pruning = victim.prune({ finished: [thread], ...now });
      // While the plan is made, or while messages are removed.
      setTimeout(() => void victim.end(), cut * 4);
      await pruning.catch(() => undefined);
      await using fresh = await NatsSaver.fromUrl(server.url);
      expect((await fresh.getTuple(threadConfig(thread)))?.checkpoint.channel_values).toEqual({ list });
      for (const tuple of await collect(fresh.list(threadConfig(thread)))) {
        expect(tuple.checkpoint.channel_values).toEqual({ list: list.slice(0, (tuple.metadata?.step ?? 0) + 1) });
      }
      await fresh.prune({ finished: [thread], ...now });
      expect(await collect(fresh.list(threadConfig(thread)))).toHaveLength(1);
      expect((await fresh.getTuple(threadConfig(thread)))?.checkpoint.channel_values).toEqual({ list });
    }
  });

  it("may go on while the thread is read and written", async () => {
    const { thread, list } = await growing("busy", 40);
    await using janitor = await NatsSaver.fromUrl(server.url);
    const pruning = janitor.prune({ finished: [thread], ...now });
    let isDone = false;
    const done = pruning.then(() => {
      isDone = true;
    });
    const current = [...list];
    for (let step = 40; !isDone || step < 43; step += 1) {
      current.push(noise(1_500));
      await more(saver, thread, current);
      for (const tuple of await collect(saver.list(threadConfig(thread)))) {
        const found = tuple.checkpoint.channel_values.list;
        expect(found).toEqual(current.slice(0, Array.isArray(found) ? found.length : 0));
      }
    }
    await done;
    await using fresh = await NatsSaver.fromUrl(server.url);
    expect((await fresh.getTuple(threadConfig(thread)))?.checkpoint.channel_values).toEqual({ list: current });
  });

  it("sweeps large values that nothing refers to any more, once they are old", async () => {
    const texts = [noise(200_000), noise(600_000), noise(200_000), noise(600_000)];
    let at = threadConfig("large");
    for (const [step, text] of texts.entries()) {
      const next = {
        ...emptyCheckpoint(),
        id: uuid6(step),
        channel_values: { text },
        channel_versions: { text: step },
      };
      await saver.put(at, next, metadata(step), { text: step });
      at = { configurable: { ...at.configurable, checkpoint_id: next.id } as typeof at.configurable };
    }
    await saver.putWrites(at, [["text", noise(700_000)]], "task");
    const pruned = { threads: 1, damaged: [] };
    expect(await saver.prune({ finished: ["large"], ...now })).toEqual({ ...pruned, checkpoints: 3, values: 0 });
    const head = await saver.getTuple(threadConfig("large"));
    inThreeDays();
    expect(await saver.prune({ finished: ["large"], ...now })).toEqual({ ...pruned, checkpoints: 0, values: 3 });
    await using fresh = await NatsSaver.fromUrl(server.url);
    expect(await fresh.getTuple(threadConfig("large"))).toEqual(head);
    await fresh.deleteThread("large");
    expect(await server.messagesUnder("large")).toBe(0);
  });

  it("sweeps no value that is stored again while it is about to go", async () => {
    const text = noise(200_000);
    const put = async (step: number, value: string) => {
      const config = (await saver.getTuple(threadConfig("again")))?.config ?? threadConfig("again");
      const next = { ...emptyCheckpoint(), id: uuid6(step), channel_values: { text: value } };
      await saver.put(config, { ...next, channel_versions: { text: step } }, metadata(step), { text: step });
    };
    await put(1, text);
    await put(2, "short");
    const before = await server.messagesUnder("again");
    inThreeDays();
    await put(3, text);
    // The checkpoint, and the value once more: whoever sweeps the old copy leaves this one.
    expect((await server.messagesUnder("again")) - before).toBe(2);
  });

  it("leaves a damaged thread alone, names it, and goes on with the others", async () => {
    const { thread } = await growing("damaged", 4);
    const { thread: other } = await growing("sound", 4);
    await server.publish(`vibewriter.state.default.${thread}.=.cp`, "no checkpoint");
    const pruned = await saver.prune({ finished: [thread, other], ...now });
    expect(pruned).toMatchObject({ threads: 2, checkpoints: 3 });
    expect(pruned.damaged).toMatchObject([{ thread, error: { code: "corrupt" } }]);
  });

  it("refuses what makes no sense", async () => {
    await expect(saver.prune({ finished: [], olderThan: -1 })).rejects.toMatchObject({ code: "invalid" });
    await expect(saver.prune({ finished: [], grace: 1_000 })).rejects.toMatchObject({ code: "invalid" });
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The clock of this process, and no timer, goes ahead: to it, all that the server has stored is old. */
function inThreeDays(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * 24 * 60 * 60 * 1000 });
}

/** A thread whose list grows by one with each checkpoint, each with a pending write. */
async function growing(thread: string, steps: number) {
  let at = threadConfig(thread);
  let list: string[] = [];
  const ids: string[] = [];
  for (let step = 0; step < steps; step += 1) {
    list = [...list, noise(1_500)];
    const next = checkpoint(step, list);
    const stored = await saver.put(at, next, metadata(step), { list: step + 1 });
    await saver.putWrites(stored, [["list", `${step}`]], "task");
    ids.push(next.id);
    at = { configurable: { ...at.configurable, checkpoint_id: next.id } as typeof at.configurable };
  }
  return { thread, list, ids };
}

async function more(writer: NatsSaver, thread: string, list: string[]): Promise<void> {
  const head = await writer.getTuple(threadConfig(thread));
  await writer.put(head?.config ?? {}, checkpoint(1_000, list), metadata(1_000), { list: 1_000 + Math.random() });
}

function checkpoint(step: number, list: string[]) {
  return { ...emptyCheckpoint(), id: uuid6(step), channel_values: { list }, channel_versions: { list: step + 1 } };
}

function text(message: { text: string }): string {
  return message.text;
}
