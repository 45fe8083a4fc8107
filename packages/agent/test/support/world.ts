import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Choir } from "@vibewriter/choir";
import type { ModelEnvironment } from "../../src/models/model.js";
import type { ResearcherLimits } from "../../src/research/limits.js";
import type { RunEvent } from "../../src/runs/event.js";
import { Fence } from "../../src/runs/fence.js";
import type { RunRecord, RunRequest } from "../../src/runs/record.js";
import { openContext } from "../../src/runs/run-context.js";
import type { WebOptions } from "../../src/sources/web.js";
import type { Telemetry } from "../../src/telemetry/telemetry.js";
import { type TestBackbone, testBackbone } from "./backbone.js";
import { type Bench, openBench } from "./bench.js";
import { LocalMachines } from "./machines.js";

export const EXAMPLES = fileURLToPath(new URL("../../../../examples/base-defi", import.meta.url));

/** A home with a real nats-server, checkpointer, knowledge base and evidence store; folders in the place of VMs. */
export class World implements AsyncDisposable {
  readonly base: TestBackbone;
  readonly choir: Choir;
  readonly machines: LocalMachines;
  readonly bench: Bench;
  readonly out: string;

  private constructor(base: TestBackbone, choir: Choir, machines: LocalMachines, bench: Bench) {
    this.base = base;
    this.choir = choir;
    this.machines = machines;
    this.bench = bench;
    this.out = join(base.home, "out");
  }

  /** `url`: of servers that are there, instead of one of its own. */
  static async open({
    url,
    ...o
  }: {
    telemetry?: Telemetry;
    url?: string;
    web?: WebOptions;
    researcher?: ResearcherLimits;
    quarantine?: boolean;
  } = {}): Promise<World> {
    const base = await testBackbone(url);
    const choir = await Choir.open({ backbone: base.backbone, path: join(base.home, "choir.sqlite") });
    const machines = new LocalMachines(join(base.home, "machines"));
    return new World(base, choir, machines, await openBench({ ...base, choir, machines, ...o }));
  }

  get client(): Bench["client"] {
    return this.bench.client;
  }

  /** Makes a run and drives it to rest. */
  async run(request: Partial<RunRequest> & { request: string }): Promise<RunRecord> {
    const record = await this.client.start({ out: this.out, sources: [EXAMPLES], model: "offline", ...request }, {});
    return await this.drive(record.runId);
  }

  drive(runId: string, signal: AbortSignal = new AbortController().signal): Promise<RunRecord> {
    return this.bench.drive(runId, { signal });
  }

  async events(runId: string): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    for await (const { type, data } of this.base.backbone.events.read(runId)) events.push({ type, data } as RunEvent);
    return events;
  }

  /** What the tools of a run stand on, for tests that call them directly. */
  async context(runId: string, env: ModelEnvironment = {}) {
    const { parts } = this.bench;
    const record = await this.client.get(runId);
    const fence = new Fence(parts.runs, record);
    return { parts, record, ...(await openContext(parts, record, { env, fence })) };
  }

  /** A folder with files, by name. */
  async folder(name: string, files: Record<string, string>): Promise<string> {
    const path = join(this.base.home, "given", name);
    await mkdir(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bench[Symbol.asyncDispose]();
    await this.choir[Symbol.asyncDispose]();
    await this.base[Symbol.asyncDispose]();
  }
}
