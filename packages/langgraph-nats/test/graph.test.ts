import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  MessagesDeltaValue,
  Send,
  START,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { collect } from "./helpers.js";
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

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  log: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});

let asked = 0;

function build() {
  const inner = new StateGraph(State)
    .addNode("ask", () => {
      asked += 1;
      return { log: [`answer ${interrupt("which?")}`] };
    })
    .addEdge(START, "ask")
    .addEdge("ask", END)
    .compile();
  return new StateGraph(State)
    .addNode("think", ({ messages }) => ({ messages: [new AIMessage(`on ${messages.at(-1)?.text}`)], log: ["think"] }))
    .addNode("work", ({ log }: { log: string[] }) => ({ log: [`work ${log.join()}`] }))
    .addNode("inner", inner)
    .addEdge(START, "think")
    .addConditionalEdges("think", () => [new Send("work", { log: ["1"] }), new Send("work", { log: ["2"] })])
    .addEdge("work", "inner")
    .addEdge("inner", END);
}

describe("a LangGraph graph", () => {
  it.each(["sync", "async", "exit"] as const)(
    "is resumed by a fresh saver after an interrupt (durability %s)",
    async (durability) => {
      const config = { configurable: { thread_id: `resume ${durability}` } };
      const stopped = await build()
        .compile({ checkpointer: saver })
        .invoke({ messages: [new HumanMessage("hi")] }, { ...config, durability });
      expect(stopped).toMatchObject({ __interrupt__: [{ value: "which?" }] });

      await using fresh = await NatsSaver.fromUrl(server.url);
      const graph = build().compile({ checkpointer: fresh });
      const before = asked;
      const ended = await graph.invoke(new Command({ resume: "blue" }), { ...config, durability });
      expect(ended.log).toEqual(["think", "work 1", "work 2", "think", "work 1", "work 2", "answer blue"]);
      expect(asked).toBe(before + 1);
      const again = await graph.invoke({ messages: [new HumanMessage("more")] }, { ...config, durability });
      expect(again.messages.map((message: BaseMessage) => message.text)).toEqual(["hi", "on hi", "more", "on more"]);
    },
  );

  it("has the history, the forks and the copies that it has with MemorySaver", async () => {
    const histories = await Promise.all([saver, new MemorySaver()].map((checkpointer) => timeTravel(checkpointer)));
    expect(histories[0]).toEqual(histories[1]);
  });

  it("rebuilds delta channels as MemorySaver does", async () => {
    const texts = await Promise.all(
      [saver, new MemorySaver()].map(async (checkpointer) => {
        const config = { configurable: { thread_id: "delta" } };
        for (let turn = 0; turn < 12; turn += 1) {
          // A graph of its own each turn, so that nothing is kept in memory.
          const graph = new StateGraph(new StateSchema({ messages: MessagesDeltaValue }))
            .addNode("reply", ({ messages }) => ({ messages: [new AIMessage(`reply ${messages.length}`)] }))
            .addEdge(START, "reply")
            .addEdge("reply", END)
            .compile({ checkpointer });
          await graph.invoke({ messages: [new HumanMessage(`turn ${turn}`)] }, config);
        }
        const graph = new StateGraph(new StateSchema({ messages: MessagesDeltaValue }))
          .addNode("reply", () => ({}))
          .addEdge(START, "reply")
          .compile({ checkpointer });
        const { values } = await graph.getState(config);
        return values.messages.map((message: BaseMessage) => message.text);
      }),
    );
    expect(texts[0]).toHaveLength(24);
    expect(texts[0]).toEqual(texts[1]);
  });

  it("lets one of two runs that start on the same thread at once fail, and the thread stay whole", async () => {
    await using one = await NatsSaver.fromUrl(server.url);
    await using two = await NatsSaver.fromUrl(server.url);
    const config = { configurable: { thread_id: "twice" } };
    const results = await Promise.allSettled(
      [one, two].map((checkpointer) =>
        build()
          .compile({ checkpointer })
          .invoke({ messages: [new HumanMessage("hi")] }, { ...config, durability: "sync" }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((result) => result.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "conflict" });
    const parents = new Set<string | undefined>();
    for await (const { parentConfig } of saver.list({ configurable: { thread_id: "twice", checkpoint_ns: "" } })) {
      const parent: string | undefined = parentConfig?.configurable?.checkpoint_id;
      expect(parents.has(parent)).toBe(false);
      parents.add(parent);
    }
  });
});

async function timeTravel(checkpointer: NatsSaver | MemorySaver) {
  const graph = new StateGraph(State)
    .addNode("a", () => ({ log: ["a"] }))
    .addNode("b", ({ log }) => ({ log: [`b${log.length}`] }))
    .addEdge(START, "a")
    .addEdge("a", "b")
    .addEdge("b", END)
    .compile({ checkpointer });
  const config = { configurable: { thread_id: "travel" } };
  await graph.invoke({ log: ["in"] }, config);
  const [, beforeB, , first] = await collect(graph.getStateHistory(config));
  if (beforeB === undefined || first === undefined) throw new Error("no history");
  await graph.invoke(null, beforeB.config);
  const forked = await graph.updateState(beforeB.config, { log: ["edited"] });
  await graph.invoke(null, forked);
  await graph.updateState(config, { log: ["late"] }, "a");
  // A copy has no new versions, and its grandparent as parent: nothing may be lost on the way.
  await graph.updateState(beforeB.config, null, "__copy__");
  await graph.updateState(first.config, null, "__copy__");
  await graph.invoke({ log: ["next"] }, config);
  const history = await collect(graph.getStateHistory(config));
  const order = new Map(history.map(({ config }, index) => [config.configurable?.checkpoint_id, index]));
  return history.map(({ values, next, metadata, parentConfig }) => ({
    log: values.log,
    next,
    source: metadata?.source,
    step: metadata?.step,
    parent: order.get(parentConfig?.configurable?.checkpoint_id),
  }));
}
