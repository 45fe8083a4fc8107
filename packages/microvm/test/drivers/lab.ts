import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "../../src/client/connection.js";
import type {
  Driver,
  ImageFiles,
  Machine,
  MachineRecord,
  MachineSpec,
  SavedMachine,
} from "../../src/drivers/driver.js";
import { type HomePaths, makeHome } from "../../src/home.js";
import { buildTemplate, machineSpec } from "../../src/templates/build.js";
import { ensureDisk } from "../../src/vm/disk.js";
import { builtImage, lendCache } from "../support/home.js";

/** How a driver is made for a home of its own. */
type DriverFactory = (o: { paths: HomePaths; image: ImageFiles }) => Promise<Driver>;

/** A machine under test: what it was made of, and a way in. */
export interface Specimen {
  machine: Machine;
  spec: MachineSpec;
  connection: Connection;
}

const bootMs = 90_000;
const callMs = 30_000;
const diskMiB = 64;
const template = { name: "lab", memoryMiB: 256, layers: [], warm: [["/bin/sh", "-c", "true"]] };

/** A driver with a home, an image and a template: where the conformance suite works. Everything goes with it. */
export class Lab implements AsyncDisposable {
  readonly driver: Driver;
  readonly paths: HomePaths;
  readonly saved: SavedMachine;
  readonly home: string;
  readonly image: ImageFiles;
  readonly #records: MachineRecord[] = [];
  #count = 0;

  private constructor(o: { driver: Driver; paths: HomePaths; home: string; image: ImageFiles; saved: SavedMachine }) {
    this.driver = o.driver;
    this.paths = o.paths;
    this.saved = o.saved;
    this.home = o.home;
    this.image = o.image;
  }

  static async open(factory: DriverFactory): Promise<Lab> {
    const home = await mkdtemp(join(tmpdir(), "vw-lab-"));
    await lendCache(home, { templates: "own" });
    const paths = await makeHome(home);
    const image = await builtImage();
    const driver = await factory({ paths, image });
    const directory = join(paths.templates, "lab");
    await buildTemplate({ driver, image: { files: image, layers: [] }, paths, directory, spec: template });
    const saved = { memory: join(directory, "memory"), state: join(directory, "state") };
    return new Lab({ driver, paths, home, image, saved });
  }

  /** A folder for one VM, with or without a disk in it. */
  async place(o: { disk: boolean }): Promise<{ folder: string; spec: MachineSpec }> {
    const folder = await mkdtemp(join(this.paths.vms, `${this.#count++}-`));
    const disk = o.disk ? join(folder, "disk.img") : undefined;
    if (disk !== undefined) await ensureDisk(disk, diskMiB);
    return { folder, spec: machineSpec({ image: { files: this.image, layers: [] }, spec: template, disk }) };
  }

  /** Names a new machine. It is removed with the lab, whatever a test makes of it. */
  record(folder: string): MachineRecord {
    const record = this.driver.create({ log: join(folder, "log") });
    this.#records.push(record);
    return record;
  }

  async restore(folder: string, spec: MachineSpec, saved = this.saved): Promise<Specimen> {
    const machine = await this.driver.restore(spec, this.record(folder), saved);
    return { machine, spec, connection: await connect(machine) };
  }

  /** A clone of the template that was given what makes it a VM of its own. */
  async clone(o: { disk: boolean; limits?: MachineSpec["limits"] }): Promise<Specimen & { folder: string }> {
    const { folder, spec } = await this.place(o);
    const specimen = await this.restore(folder, { ...spec, limits: o.limits });
    await this.configure(specimen, o);
    return { ...specimen, folder };
  }

  async configure({ connection }: Specimen, o: { disk: boolean }): Promise<void> {
    const args = {
      seed: randomBytes(32),
      time_us: Date.now() * 1_000,
      epoch: 1,
      hostname: "lab",
      root: o.disk ? "disk" : "memory",
    };
    await connection.call({ op: "configure", args, maxData: 0, deadlineMs: callMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const record of this.#records) await this.driver.destroy(record);
    await rm(this.home, { recursive: true, force: true });
  }
}

export async function connect(machine: Machine): Promise<Connection> {
  const isDoomed = () => !machine.isAlive();
  const connection = await Connection.open(machine.record.rpc, { deadlineMs: bootMs, fresh: true, isDoomed });
  return connection;
}

/** What a command in the guest prints; throws if it fails. */
export async function shell(connection: Connection, command: string): Promise<string> {
  const output: Uint8Array[] = [];
  const { exitCode } = await connection.call({
    op: "exec",
    args: { argv: ["/bin/sh", "-c", command] },
    maxData: 1_048_576,
    onData: (_, bytes) => output.push(Uint8Array.from(bytes)),
    deadlineMs: callMs,
  });
  const said = Buffer.concat(output).toString("utf8");
  if (exitCode !== 0) throw new Error(`"${command}" ended with ${exitCode}: ${said}`);
  return said;
}
