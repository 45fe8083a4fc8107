import { createHash, randomBytes } from "node:crypto";
import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";

/**
 * What writes while leaders die: effects, events of runs, checkpoints and files, each by its own writers, one write after the other. Each
 * writer remembers what was acknowledged, and the longest time between two acknowledgements.
 */
export class Load {
  #writers;
  #stopped = false;
  #running = [];

  /**
   * @param {import("@vibewriter/backbone").Backbone} backbone
   * @param {import("@vibewriter/langgraph-nats").NatsSaver} saver
   */
  static async open(backbone, saver) {
    return new Load(backbone, saver, await backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new"]));
  }

  constructor(backbone, saver, effectStream) {
    this.#writers = [
      ...times(4, (n) => new Writer(`effects ${n}`, effects(effectStream, n), effectsKept(effectStream, n))),
      ...times(3, (n) => new Writer(`events ${n}`, events(backbone, n), eventsKept(backbone, n))),
      ...times(3, (n) => new Writer(`checkpoints ${n}`, checkpoints(saver, n), checkpointsKept(saver, n))),
      ...times(1, (n) => new Writer(`files ${n}`, files(backbone, n), filesKept(backbone, n))),
    ];
  }

  start() {
    this.#running = this.#writers.map((writer) => writer.run(() => this.#stopped));
  }

  /** Acknowledged writes so far. */
  get acknowledged() {
    return this.#writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  /** How many writers have been acknowledged since a moment of `performance.now()`. */
  writingSince(moment) {
    return this.#writers.filter(({ last }) => last > moment).length;
  }

  get writers() {
    return this.#writers.length;
  }

  /** Longest time in ms that any writer waited, and for what. */
  get longestGap() {
    return this.#writers.reduce((worst, { gap, name }) => (gap > worst.ms ? { ms: gap, writer: name } : worst), {
      ms: 0,
      writer: "",
    });
  }

  /** Lets each writer finish its write. Throws the error of one that failed. */
  async stop() {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  /** Compares what is stored with what was acknowledged: ids that are gone, and ids that are there more than once or out of order. */
  async check() {
    let [lost, duplicated] = [0, 0];
    for (const { acknowledged, kept } of this.#writers) {
      const found = await kept();
      const seen = new Set(found);
      lost += acknowledged.filter((id) => !seen.has(id)).length;
      duplicated += found.length - seen.size;
      const order = found.filter((id) => acknowledged.includes(id));
      if (order.join() !== acknowledged.filter((id) => seen.has(id)).join()) duplicated += 1;
    }
    return { lost, duplicated };
  }
}

class Writer {
  constructor(name, write, kept) {
    this.name = name;
    this.write = write;
    this.kept = kept;
    this.acknowledged = [];
    this.gap = 0;
    this.last = 0;
  }

  async run(isStopped) {
    this.last = performance.now();
    for (let n = 0; !isStopped(); n++) {
      const id = await this.write(n);
      const now = performance.now();
      this.gap = Math.max(this.gap, now - this.last);
      this.last = now;
      this.acknowledged.push(id);
    }
  }
}

const effects = (stream, writer) => async (n) => {
  const key = `drill:${writer}:${n}`;
  await stream.publishEffect(key, { subject: "kb.publish.new", payload: { writer, n } });
  return key;
};
const effectsKept = (stream, writer) => async () => {
  const keys = [];
  for await (const { key } of stream.read()) {
    if (key.startsWith(`drill:${writer}:`)) keys.push(key);
  }
  return keys;
};

const events = (backbone, writer) => async (n) => {
  await backbone.events.append(`drill-${writer}`, "drill", { n }, { id: `e${n}` });
  return `e${n}`;
};
const eventsKept = (backbone, writer) => async () => {
  const ids = [];
  for await (const { id } of backbone.events.read(`drill-${writer}`)) ids.push(id);
  return ids;
};

const thread = (writer) => ({ configurable: { thread_id: `drill ${writer}`, checkpoint_ns: "" } });
function checkpoints(saver, writer) {
  let config = thread(writer);
  return async (n) => {
    const checkpoint = { ...emptyCheckpoint(), id: uuid6(n), channel_values: { n }, channel_versions: { n } };
    config = await saver.put(config, checkpoint, { source: "loop", step: n, parents: {} }, { n });
    return checkpoint.id;
  };
}
const checkpointsKept = (saver, writer) => async () => {
  const ids = [];
  for await (const { checkpoint } of saver.list(thread(writer))) ids.unshift(checkpoint.id);
  return ids;
};

const FILE_BYTES = 1024 * 1024;
const files = (backbone, writer) => async (n) => {
  const bytes = randomBytes(FILE_BYTES);
  const key = `drill/${writer}/${String(n).padStart(6, "0")}`;
  await backbone.files.put(key, bytes);
  return `${key} ${createHash("sha256").update(bytes).digest("hex")}`;
};
const filesKept = (backbone, writer) => async () => {
  const found = [];
  for (const { key } of await backbone.files.list(`drill/${writer}/`)) {
    const hash = createHash("sha256");
    for await (const part of backbone.files.stream(key)) hash.update(part);
    found.push(`${key} ${hash.digest("hex")}`);
  }
  return found;
};

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));
