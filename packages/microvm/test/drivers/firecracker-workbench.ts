import { constants } from "node:fs";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageFiles, MachineRecord, MachineSpec } from "../../src/drivers/driver.js";
import { type FoundBinaries, findFirecracker } from "../../src/drivers/firecracker/find.js";
import { FirecrackerDriver } from "../../src/drivers/firecracker/firecracker.js";
import { findCgroups } from "../../src/drivers/host/cgroup.js";
import { findByArgument } from "../../src/drivers/host/process.js";
import { openDriver } from "../../src/drivers/open.js";
import { isMicroVMError } from "../../src/errors.js";
import { type HomePaths, makeHome } from "../../src/home.js";
import { builtImage } from "../support/home.js";

/** Firecracker and its jailer if the suite can run with them here, else why not, in words. */
export async function usableFirecracker(): Promise<FoundBinaries | string> {
  const found = await findFirecracker({ paths: { cache: "/nonexistent" } });
  if (typeof found === "string") return found;
  if (process.getuid?.() !== 0) return "its jailer has to be started by root";
  const opens = await access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return opens ? found : "/dev/kvm is absent or closed";
}

/** Why guests do not answer here, in words; undefined where they do. */
export async function whyNoGuestBoots(): Promise<string | undefined> {
  const home = await mkdtemp(join(tmpdir(), "vw-fc-"));
  try {
    await openDriver({ paths: await makeHome(home), image: await builtImage(), driver: "firecracker" });
    return undefined;
  } catch (error) {
    if (!isMicroVMError(error, "requirement_missing")) throw error;
    return error.message;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** A home of its own with a driver for the real programs. Whatever was made there goes with it. */
export class Workbench implements AsyncDisposable {
  readonly driver: FirecrackerDriver;
  readonly image: ImageFiles;
  readonly home: string;
  readonly paths: HomePaths;
  readonly #records: MachineRecord[] = [];
  #count = 0;

  private constructor(o: { driver: FirecrackerDriver; image: ImageFiles; home: string; paths: HomePaths }) {
    this.driver = o.driver;
    this.image = o.image;
    this.home = o.home;
    this.paths = o.paths;
  }

  static async open(binaries: FoundBinaries): Promise<Workbench> {
    const home = await mkdtemp(join(tmpdir(), "vw-fc-"));
    const paths = await makeHome(home);
    const cgroups = findCgroups();
    const driver = new FirecrackerDriver({
      binaries,
      version: binaries.version,
      host: "here",
      cgroups,
      run: paths.run,
    });
    return new Workbench({ driver, image: await builtImage(), home, paths });
  }

  /** Names a machine, which is removed with the bench whatever a test makes of it. */
  record(): ReturnType<FirecrackerDriver["create"]> {
    const record = this.driver.create({ log: join(this.home, `log-${this.#count++}`) });
    this.#records.push(record);
    return record;
  }

  spec(o: Partial<MachineSpec> = {}): MachineSpec {
    return { image: this.image, layers: [], memoryMiB: 128, vcpus: 1, ...o };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const record of this.#records) await this.driver.destroy(record);
    await rm(this.home, { recursive: true, force: true });
  }
}

/** What is there of a machine: nothing, once it was destroyed. */
export async function tracesOf(record: MachineRecord): Promise<string[]> {
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  const traces = findByArgument(record.token).map(({ pid }) => `process ${pid}`);
  for (const path of [record.jail, ...record.cgroups]) if (await exists(path)) traces.push(path);
  if ((await readFile("/proc/mounts", "utf8")).includes(record.jail)) traces.push("a mount");
  return traces;
}
