import type { DriverName, Isolation } from "./drivers/driver.js";
import { MicroVMError } from "./errors.js";
import type { UserUse, VmLimits } from "./limits.js";
import type { Prepared } from "./vm/launch.js";
import type { Manifest } from "./vm/manifest.js";
import { MicroVM } from "./vm/microvm.js";
import { Runner } from "./vm/runner.js";
import type { VmState } from "./vm/steps.js";
import type { Surroundings } from "./vm/surroundings.js";

/** What a list of VMs shows. */
export interface VmInfo {
  id: string;
  state: VmState;
  isolation: Isolation;
  driver: DriverName;
  /** The template's name. */
  template: string;
  /** The image that it is made from; absent: the base. */
  image?: string;
  memoryMiB: number;
  vcpus: number;
  diskMiB?: number;
  createdAt: string;
  labels: Record<string, string>;
  user?: string;
  limits?: VmLimits;
  pid?: number;
}

export interface Entry {
  runner: Runner;
  vm: MicroVM;
}

/** The VMs of a home, each with what keeps it. */
export class Registry {
  readonly #around: Surroundings;
  readonly #vms = new Map<string, Entry>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  add(manifest: Manifest, prepared?: Prepared): Entry {
    const runner = new Runner(this.#around, manifest, prepared);
    const onDestroyed = () => this.#vms.delete(manifest.id);
    const entry = { runner, vm: new MicroVM(runner, { around: this.#around, onDestroyed }) };
    this.#vms.set(manifest.id, entry);
    return entry;
  }

  /** Throws MicroVMError `not_found`. */
  get(id: string): Entry {
    const entry = this.#vms.get(id);
    if (entry !== undefined) return entry;
    throw new MicroVMError("not_found", `There is no VM ${id}; the list of VMs names those there are.`);
  }

  delete(id: string): void {
    this.#vms.delete(id);
  }

  all(): Entry[] {
    return [...this.#vms.values()];
  }

  list(): VmInfo[] {
    return this.all().map(({ runner }) => {
      const { manifest, isRunning, state } = runner;
      const { id, template, diskMiB, createdAt, labels, user, limits, machine } = manifest;
      const { name: driver, isolation } = this.#around.driver;
      const { name, image, memoryMiB, vcpus = 1 } = template;
      return {
        ...{ id, state, isolation, driver, template: name, image, memoryMiB, vcpus },
        ...{ diskMiB, createdAt, labels, user, limits },
        pid: isRunning ? machine?.process?.pid : undefined,
      };
    });
  }

  /** What all VMs of a user have together when `asking` runs; it may be one of them. */
  useOf(user: string, asking: Manifest): UserUse {
    const others = this.all().filter(({ runner }) => runner.manifest.user === user && runner.manifest.id !== asking.id);
    const running = [asking, ...others.filter(({ runner }) => runner.takesMemory).map(({ runner }) => runner.manifest)];
    const there = [asking, ...others.map(({ runner }) => runner.manifest)];
    return {
      vms: there.length,
      diskMiB: sum(there, ({ diskMiB }) => diskMiB ?? 0),
      memoryMiB: sum(running, ({ template }) => template.memoryMiB),
      vcpus: sum(running, ({ template }) => template.vcpus ?? 1),
    };
  }
}

function sum(manifests: Manifest[], of: (manifest: Manifest) => number): number {
  return manifests.reduce((total, manifest) => total + of(manifest), 0);
}
