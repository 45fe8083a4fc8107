import { type AuditTrail, type Backbone, BUCKETS, exportLines } from "@vibewriter/backbone";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { NatsStore } from "@vibewriter/langgraph-nats/store";
import { z } from "zod";
import { AgentError } from "../errors.js";
import { isAtRest, type RunRecord, threadOf } from "../runs/record.js";
import type { RunStore } from "../runs/store.js";

/** What is nobody's: who may approve and check, that grants were used, who works, where chains end. */
const SHARED = new Set([
  "VIBEWRITER_APPROVERS",
  "VIBEWRITER_CHECKERS",
  "VIBEWRITER_GRANTS",
  "VIBEWRITER_WORKERS",
  "VIBEWRITER_META",
  "VIBEWRITER_ANCHORS",
]);
/** What searches have answered, by a hash of the question: a cache, in which nobody says whose question it was. */
const SEARCHES = "vibewriter-searches";
const RUNS = "VIBEWRITER_RUNS";

/** A file of what is exported of an agent. */
export interface ExportedFile {
  /** Relative, without `.` and `..`. */
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array | string>;
}

/** What was erased of an agent. */
export interface Erased {
  readonly runs: number;
  readonly files: number;
  readonly memories: number;
  readonly records: number;
  /** Whether there was a key to the contents of its audit here. */
  readonly audit: boolean;
}

/** Everything that a home keeps of one agent, whoever's it is: to be handed out whole, and to be erased. */
export class AgentData {
  readonly #backbone: Backbone;
  readonly #runs: RunStore;
  readonly #trail: AuditTrail;

  constructor(o: { backbone: Backbone; runs: RunStore; trail: AuditTrail }) {
    this.#backbone = o.backbone;
    this.#runs = o.runs;
    this.#trail = o.trail;
  }

  /**
   * Its runs with their events and checkpoints, its files, its memory, the records about it, its audit.
   * @param o.onClosed told of entries of the audit that cannot be read here, because another host has written them, or their key was destroyed
   */
  async *export(
    agent: string,
    o: { onClosed?: (entries: number) => void } = {},
  ): AsyncGenerator<ExportedFile, void, undefined> {
    const runs = await this.#runsOf(agent);
    const saver = NatsSaver.fromConnection(this.#backbone.connection, { agent });
    for (const run of runs) {
      yield { path: `runs/${run.runId}/run.json`, content: once(`${JSON.stringify(run, undefined, 2)}\n`) };
      yield { path: `runs/${run.runId}/events.jsonl`, content: lines(this.#backbone.events.read(run.runId)) };
      for (const thread of threadsOf(run)) {
        const content = bytesOf(saver, thread);
        yield { path: `runs/${run.runId}/${thread.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.checkpoints`, content };
      }
    }
    for (const { key } of await this.#backbone.files.list(`${agent}/`)) {
      yield { path: `files/${key.slice(agent.length + 1)}`, content: this.#backbone.files.stream(key) };
    }
    yield { path: "memory.jsonl", content: lines(this.#memory(agent)) };
    for (const bucket of BUCKETS) {
      if (SHARED.has(bucket) || bucket === SEARCHES || bucket === RUNS) continue;
      const found = await this.#recordsOf(bucket, agent, runs);
      if (found.length > 0) yield { path: `records/${bucket}.jsonl`, content: lines(found) };
    }
    yield { path: "audit.jsonl", content: ended(exportLines(this.#trail, { agent, onClosed: o.onClosed })) };
  }

  /**
   * Deletes all of that - the contents of files go with the next sweeps of the store, within a day or two - and destroys the key of its audit's contents; the chain stays, and can be verified. Cut off at any moment, it is done
   * by doing it again. What programs in its VM have is the VM's, which has to be gone before: what they ask of the network is recorded. What was published is everybody's.
   * @throws AgentError `run_busy` while a run of it is under way
   */
  async erase(agent: string): Promise<Erased> {
    const runs = await this.#runsOf(agent);
    assertAtRest(agent, runs);
    const saver = NatsSaver.fromConnection(this.#backbone.connection, { agent, owner: "erase" });
    for (const run of runs) for (const thread of threadsOf(run)) await saver.deleteThread(thread);
    const memories = await this.#eraseMemory(agent);
    const files = await this.#eraseFiles(agent);
    let records = 0;
    for (const bucket of BUCKETS)
      if (!SHARED.has(bucket) && bucket !== RUNS) records += await this.#eraseRecords(bucket, agent, runs);
    for (const { runId } of runs) await this.#backbone.events.erase(runId);
    const audit = await this.#trail.forget(agent);
    // The runs themselves at last: by them the rest is found.
    await this.#eraseRecords(RUNS, agent, runs);
    this.#trail.record(agent, { kind: "decision", what: "erase", outcome: "erased", by: "a person" });
    await this.#trail.written(agent);
    await this.#trail.anchor(agent);
    return { runs: runs.length, files, memories, records, audit };
  }

  /**
   * Before anything is gone: whether all of it may go.
   * @throws AgentError `run_busy` while a run of an agent is under way; BackboneError `forbidden` where the key of this home on NATS may not erase
   */
  async assertErasable(agent: string): Promise<void> {
    assertAtRest(agent, await this.#runsOf(agent));
    // What the fewest may, of a run that nobody has had.
    await this.#backbone.events.erase("erasable");
  }

  async #runsOf(agent: string): Promise<RunRecord[]> {
    return (await this.#runs.list()).filter(({ agentId }) => agentId === agent);
  }

  async *#memory(agent: string): AsyncGenerator<unknown> {
    await using store = NatsStore.fromConnection(this.#backbone.connection, { agent });
    for (const { namespace, key } of await store.list([])) yield await store.get(namespace, key);
  }

  async #eraseMemory(agent: string): Promise<number> {
    await using store = NatsStore.fromConnection(this.#backbone.connection, { agent });
    return await store.erase();
  }

  async #eraseFiles(agent: string): Promise<number> {
    const { files } = this.#backbone;
    let gone = 0;
    for (const { key, version } of await files.list(`${agent}/`)) {
      if (await files.forget(key, { expected: version, writer: "erased" })) gone += 1;
    }
    return gone;
  }

  async #recordsOf(bucket: string, agent: string, runs: readonly RunRecord[]) {
    const all = await (await this.#backbone.records(bucket, z.unknown())).list();
    const ids = new Set(runs.map(({ runId }) => runId));
    return all.filter(({ key, value }) => bucket === SEARCHES || isOf(agent, ids, key, value));
  }

  async #eraseRecords(bucket: string, agent: string, runs: readonly RunRecord[]): Promise<number> {
    const records = await this.#backbone.records(bucket, z.unknown());
    const found = await this.#recordsOf(bucket, agent, runs);
    for (const { key } of found) await records.delete(key);
    return found.length;
  }
}

function assertAtRest(agent: string, runs: readonly RunRecord[]): void {
  const busy = runs.find(({ status }) => !isAtRest(status));
  if (busy === undefined) return;
  const text = `The run ${busy.runId} of the agent ${agent} is under way; cancel it, vibewriter runs shows how far it is, then erase again.`;
  throw new AgentError("run_busy", text);
}

/** Whether a record is about an agent or one of its runs, by its key or by what it says. */
function isOf(agent: string, runs: ReadonlySet<string>, key: string, value: unknown): boolean {
  const [first = "", ...rest] = key.split(".");
  if (first === agent || [first, ...rest].some((token) => runs.has(token) || runs.has(token.split("/")[0] ?? "")))
    return true;
  const said = About.safeParse(value).data;
  return said !== undefined && (said.agentId === agent || said.agent === agent || runs.has(said.runId ?? ""));
}

const About = z.looseObject({
  agentId: z.string().optional(),
  agent: z.string().optional(),
  runId: z.string().optional(),
});

/** Of each of its attempts. */
function threadsOf({ runId, attempt: attempts }: RunRecord): string[] {
  return Array.from({ length: attempts }, (_, i) => threadOf({ runId, attempt: i + 1 }));
}

async function* bytesOf(saver: NatsSaver, thread: string): AsyncGenerator<Uint8Array> {
  // One that was never begun has none.
  if ((await saver.getTuple({ configurable: { thread_id: thread } })) !== undefined) yield* saver.exportThread(thread);
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* lines(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

async function* ended(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield `${text}\n`;
}
