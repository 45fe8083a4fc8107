import type { RunRecord } from "@vibewriter/agent/runs";
import type { Backbone, BackboneStatus } from "@vibewriter/backbone";
import { Counter, Gauge, type Registry } from "prom-client";
import { Few } from "./few.js";

/** What is asked when somebody scrapes. Each part may be missing: a server that is still starting says what it has. */
export interface HomeSources {
  readonly backbone: () => Pick<Backbone, "status" | "tasks"> | undefined;
  readonly vms: () => readonly { readonly state: string }[] | undefined;
  readonly runs: () => Promise<readonly Pick<RunRecord, "status" | "class">[]> | undefined;
}

const VM_STATES = ["running", "stopped", "suspended"] as const;
const EFFECT_STREAMS = /^(VIBEWRITER_EFFECTS|.*_EFFECTS)$/;
const DEAD_LETTERS = "VIBEWRITER_DLQ";

/** What the home and its NATS are like now, asked when they are scraped. */
export class HomeMetrics {
  readonly #sources: HomeSources;
  readonly #classes = new Few(30);
  readonly #streams = new Few(60);
  readonly #up;
  readonly #info;
  readonly #streamMessages;
  readonly #streamBytes;
  readonly #queue;
  readonly #deadLetters;
  readonly #effects;
  readonly #vms;
  readonly #active;

  constructor(registry: Registry, sources: HomeSources) {
    this.#sources = sources;
    const registers = [registry];
    const gauge = (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name: `vibewriter_${name}`, help, labelNames, registers });
    this.#up = gauge("nats_up", "1 if NATS answered this scrape.");
    this.#info = gauge("nats_info", "1; the version and tier of the server.", ["version", "tier"]);
    this.#streamMessages = gauge("stream_messages", "Messages in a stream.", ["stream"]);
    this.#streamBytes = gauge("stream_size_bytes", "Bytes in a stream.", ["stream"]);
    this.#queue = gauge("queue_tasks", "Tasks: waiting, under way, or redelivered to a worker.", ["class", "state"]);
    this.#deadLetters = gauge("dead_letters", "What could not be applied and waits for a person.");
    this.#effects = new Counter({
      ...{
        name: "vibewriter_effects_published_total",
        help: "Effects that happened, on all hosts together.",
        registers,
      },
    });
    this.#vms = gauge("vms", "MicroVMs of this home, by state.", ["state"]);
    this.#active = gauge("runs_unfinished", "Runs that are queued, running, waiting or interrupted.", ["status"]);
  }

  /** Asks everything anew. Never rejects: what cannot be asked is not there, and `vibewriter_nats_up` says so. */
  async collect(): Promise<void> {
    this.#collectVms();
    await Promise.all([this.#collectNats(), this.#collectRuns()]);
  }

  #collectVms(): void {
    const vms = this.#sources.vms();
    this.#vms.reset();
    if (vms === undefined) return;
    for (const state of VM_STATES) this.#vms.set({ state }, vms.filter((vm) => vm.state === state).length);
  }

  async #collectNats(): Promise<void> {
    const backbone = this.#sources.backbone();
    for (const metric of [this.#info, this.#streamMessages, this.#streamBytes, this.#queue]) metric.reset();
    const status = await backbone?.status().catch(() => undefined); // Down, or too slow: both are what `up` is for.
    this.#up.set(status === undefined ? 0 : 1);
    if (backbone === undefined || status === undefined) return;
    this.#info.set({ version: status.server.version, tier: status.server.tier }, 1);
    this.#collectStreams(status);
    for (const { queue, waiting, underWay, redelivered } of await backbone.tasks.stats().catch(() => [])) {
      const [kind, name = ""] = queue.split(".");
      // The queues of hosts are one class: hosts come and go.
      const labels = { class: kind === "host" ? "host" : this.#classes.name(name) };
      this.#queue.inc({ ...labels, state: "waiting" }, waiting);
      this.#queue.inc({ ...labels, state: "under_way" }, underWay);
      this.#queue.inc({ ...labels, state: "redelivered" }, redelivered);
    }
  }

  #collectStreams({ streams }: BackboneStatus): void {
    let effects = 0;
    let deadLetters = 0;
    for (const { name, messages, bytes, lastSeq } of streams) {
      const stream = this.#streams.name(name);
      this.#streamMessages.inc({ stream }, messages);
      this.#streamBytes.inc({ stream }, bytes);
      // Nothing of it is ever removed, so the last place is the number.
      if (EFFECT_STREAMS.test(name)) effects += lastSeq;
      if (name === DEAD_LETTERS) deadLetters = messages;
    }
    this.#effects.reset();
    this.#effects.inc(effects);
    this.#deadLetters.set(deadLetters);
  }

  async #collectRuns(): Promise<void> {
    const runs = await this.#sources.runs()?.catch(() => undefined); // With NATS away nobody knows them.
    this.#active.reset();
    for (const status of ["queued", "running", "waiting", "interrupted"] as const)
      if (runs !== undefined) this.#active.set({ status }, runs.filter((run) => run.status === status).length);
  }
}
