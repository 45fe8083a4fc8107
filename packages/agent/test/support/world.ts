import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Choir } from "@vibewriter/choir";
import { openContext } from "../../src/runs/drive.js";
import { RunDriver } from "../../src/runs/driver.js";
import type { RunEvent } from "../../src/runs/event.js";
import { openParts } from "../../src/runs/parts.js";
import type { RunRecord, RunRequest } from "../../src/runs/record.js";
import { type TestBackbone, testBackbone } from "./backbone.js";
import { LocalMachines } from "./machines.js";

export const EXAMPLES = fileURLToPath(new URL("../../../../examples/base-defi", import.meta.url));

/** A home with a real nats-server, checkpointer, knowledge base and evidence store; folders in the place of VMs. */
export class World implements AsyncDisposable {
  readonly base: TestBackbone;
  readonly choir: Choir;
  readonly machines: LocalMachines;
  readonly driver: RunDriver;
  readonly out: string;

  private constructor(base: TestBackbone, choir: Choir, machines: LocalMachines, driver: RunDriver) {
    this.base = base;
    this.choir = choir;
    this.machines = machines;
    this.driver = driver;
    this.out = join(base.home, "out");
  }

  static async open(): Promise<World> {
    const base = await testBackbone();
    const choir = await Choir.open({ backbone: base.backbone, path: join(base.home, "choir.sqlite") });
    const machines = new LocalMachines(join(base.home, "machines"));
    const driver = await RunDriver.open({ home: base.home, backbone: base.backbone, choir, machines });
    return new World(base, choir, machines, driver);
  }

  /** Makes a run and drives it to rest. */
  async run(request: Partial<RunRequest> & { request: string }): Promise<RunRecord> {
    const record = await this.driver.create({ out: this.out, sources: [EXAMPLES], model: "offline", ...request }, {});
    return await this.drive(record.runId);
  }

  drive(runId: string, signal: AbortSignal = new AbortController().signal): Promise<RunRecord> {
    return this.driver.drive(runId, { keys: {}, signal });
  }

  async events(runId: string): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    for await (const { type, data } of this.base.backbone.events.read(runId)) events.push({ type, data } as RunEvent);
    return events;
  }

  /** What the tools of a run stand on, for tests that call them directly. */
  async context(runId: string) {
    const parts = await openParts({ ...this.base, choir: this.choir, machines: this.machines });
    const record = await this.driver.get(runId);
    return { parts, record, ...(await openContext(parts, record, {})) };
  }

  /** A folder with files, by name. */
  async folder(name: string, files: Record<string, string>): Promise<string> {
    const path = join(this.base.home, "given", name);
    await mkdir(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.choir[Symbol.asyncDispose]();
    await this.base[Symbol.asyncDispose]();
  }
}
