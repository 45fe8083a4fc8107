// NatsSaver beside LangGraph's own checkpointers for PostgreSQL and SQLite.
import { AIMessage } from "@langchain/core/messages";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { inParallel, p50, row, rowBeside, timed } from "../measure.mjs";
import { closeContenders, openContenders, threads } from "./contenders.mjs";
import { prose } from "./prose.mjs";

/** A run of a thread: as many steps, each of which adds a message and counts. */
const steps = 40;
const messageBytes = 5_000;
const rounds = 7;
const runBytes = 200_000;

export async function checkpointRows() {
  const contenders = await openContenders();
  try {
    return [
      ...(await putRows(contenders)),
      ...(await rateRows(contenders)),
      ...(await readRows(contenders)),
      ...(await sizeRows(contenders)),
    ];
  } finally {
    await closeContenders(contenders);
  }
}

/** One thread at a time, a whole run of it for each contender in turn. */
async function putRows(contenders) {
  const times = forEach(contenders, () => []);
  const small = forEach(contenders, () => []);
  for (let round = 0; round < rounds; round++) {
    for (const [name, { saver }] of inTurn(contenders, round)) {
      const thread = new Thread(saver, `alone ${round}`);
      const taken = [];
      for (let step = 0; step < steps; step++) taken.push(await timed(() => thread.step()));
      const counter = new Thread(saver, `counter ${round}`, 0);
      const counted = [];
      for (let step = 0; step < steps; step++) counted.push(await timed(() => counter.step()));
      // The first round warms connections, plans and compilers up.
      if (round > 0) {
        times[name].push(...taken);
        small[name].push(...counted);
      }
    }
  }
  return [
    rowBeside("backbone.put_p50", p50(times.nats), "ms", { atMostTimes: 0.5 }, rival(times, "postgres", p50)),
    row("backbone.put_p50_sqlite", p50(times.sqlite), "ms", null),
    row("backbone.put_counter_p50", p50(small.nats), "ms", null, rival(small, "postgres", p50)),
  ];
}

/** Puts per second of 16 threads at once, each one step after the other. */
async function rateRows(contenders) {
  const taken = forEach(contenders, () => 0);
  for (let round = 0; round < rounds; round++) {
    for (const [name, { saver }] of inTurn(contenders, round)) {
      const all = Array.from({ length: threads }, (_, index) => new Thread(saver, `${index} of round ${round}`));
      const spent = await timed(() =>
        inParallel(threads, threads, async (index) => {
          for (let step = 0; step < steps; step++) await all[index].step();
        }),
      );
      if (round > 0) taken[name] += spent;
    }
  }
  const rates = forEach(contenders, (_, name) => (1_000 * (rounds - 1) * threads * steps) / taken[name]);
  return [
    rowBeside("backbone.puts_16_threads", rates.nats, "puts/s", { atLeastTimes: 2 }, rival(rates, "postgres")),
    row("backbone.puts_16_threads_sqlite", rates.sqlite, "puts/s", null),
  ];
}

/** The newest checkpoint of threads of 10 and of 1,000, the state being of the same size, by a saver that has not seen them. */
async function readRows(contenders) {
  const lengths = { short: 10, long: 1_000 };
  const times = forEach(contenders, () => ({ short: [], long: [] }));
  for (const [, { saver }] of Object.entries(contenders)) {
    for (const [kind, length] of Object.entries(lengths)) await fixedThread(saver, kind, length);
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of inTurn(contenders, round)) {
      const saver = await contender.fresh();
      await saver.getTuple(at("short"));
      for (let read = 0; read < 10; read++) {
        for (const kind of Object.keys(lengths)) {
          const time = await timed(() => saver.getTuple(at(kind)));
          if (round > 0) times[name][kind].push(time);
        }
      }
      await saver.end();
    }
  }
  const long = forEach(contenders, (_, name) => p50(times[name].long));
  const growth = forEach(contenders, (_, name) => long[name] / p50(times[name].short));
  return [
    row("backbone.get_tuple_1000_p50", long.nats, "ms", { atMost: 3 }, rival(long, "postgres")),
    row("backbone.get_tuple_10_to_1000", growth.nats, "x", { atMost: 1.5 }, rival(growth, "postgres")),
    row("backbone.get_tuple_1000_p50_sqlite", long.sqlite, "ms", null),
  ];
}

/** What a run of a real graph takes on the disk, 200 KB of messages in 40 steps. */
async function sizeRows(contenders) {
  const used = forEach(contenders, () => 0);
  for (const [name, { saver, bytes }] of Object.entries(contenders)) {
    const before = await bytes();
    const texts = prose(steps, runBytes / steps);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("work", ({ messages }) => ({ messages: [new AIMessage(texts[messages.length] ?? "")] }))
      .addEdge(START, "work")
      .addConditionalEdges("work", ({ messages }) => (messages.length < steps ? "work" : "__end__"))
      .compile({ checkpointer: saver });
    await graph.invoke({ messages: [] }, { configurable: { thread_id: "run" }, recursionLimit: steps + 1 });
    used[name] = ((await bytes()) - before) / 1024;
  }
  return [
    rowBeside("backbone.run_bytes", used.nats, "KiB", { atMostTimes: 0.5 }, rival(used, "postgres")),
    row("backbone.run_bytes_sqlite", used.sqlite, "KiB", null),
  ];
}

/** A thread whose state grows by a message with each step, as an agent's does. */
class Thread {
  #saver;
  #config;
  #texts;
  #messages = [];
  #step = 0;

  constructor(saver, thread, bytes = messageBytes) {
    this.#saver = saver;
    this.#config = at(thread);
    this.#texts = bytes === 0 ? [] : prose(steps, bytes);
  }

  async step() {
    const step = this.#step++;
    const version = step + 1;
    const text = this.#texts[step];
    const versions = { step: version, ...(text === undefined ? {} : { messages: version }) };
    if (text !== undefined) this.#messages = [...this.#messages, { role: "ai", id: `message-${step}`, content: text }];
    const values = { step, ...(text === undefined ? {} : { messages: this.#messages }) };
    this.#config = await this.#saver.put(this.#config, checkpoint(step, values, versions), about(step), versions);
  }
}

/** A thread whose state is given by its first checkpoint; each later one replaces a counter and a note. */
async function fixedThread(saver, thread, length) {
  const messages = prose(steps, messageBytes);
  let config = at(thread);
  for (let step = 0; step < length; step++) {
    const fresh = { step: step + 1, note: step + 1 };
    const versions = step === 0 ? { ...fresh, messages: 1 } : fresh;
    const values = { step, note: messages[step % steps], messages };
    config = await saver.put(config, checkpoint(step, values, { messages: 1, ...fresh }), about(step), versions);
  }
}

function checkpoint(step, channel_values, channel_versions) {
  return { ...emptyCheckpoint(), id: uuid6(step), channel_values, channel_versions };
}

const about = (step) => ({ source: "loop", step, parents: {} });
const at = (thread) => ({ configurable: { thread_id: thread, checkpoint_ns: "" } });

/** The contenders, another one first in each round, so that none always meets the disk as the same other one left it. */
function inTurn(contenders, round) {
  const all = Object.entries(contenders);
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function forEach(contenders, make) {
  return Object.fromEntries(Object.entries(contenders).map(([name, each]) => [name, make(each, name)]));
}

function rival(figures, name, of = (figure) => figure) {
  return figures[name] === undefined ? undefined : { name, value: of(figures[name]) };
}
