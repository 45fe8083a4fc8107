import { availableParallelism } from "node:os";
import type { TextExtractor } from "@vibewriter/evidence";
import {
  type EgressGateway,
  type EgressPolicy,
  isMicroVMError,
  type MicroVM,
  MicroVMBackend,
  type MicroVMs,
  type TemplateSpec,
  type VmLimits,
} from "@vibewriter/microvm";
import type { SandboxBackendProtocolV2 } from "deepagents";
import type { SandboxFiles } from "./files/sandbox-files.js";
import { VmFiles } from "./files/vm-files.js";
import type { ModelEnvironment } from "./models/model.js";
import type { Reach } from "./reach/reach.js";
import { ReaderVM } from "./reader.js";
import { isCutOff } from "./runs/workplace.js";
import type { SandboxIsolation } from "./sandboxes/sandbox.js";
import { type TryOut, tryOutIn } from "./skills/trial.js";
import { Slots } from "./slots.js";
import { readerTemplate, type TemplateOptions, workTemplate } from "./templates.js";

/** Where agents work and documents are parsed. */
export interface Machines {
  readonly isolation: SandboxIsolation;
  /** What agents work in: `microvm`, or the name of the service that has their sandboxes. */
  readonly sandbox: string;
  /** Reads documents, those of one group perhaps in one VM; see {@link ReaderVM.of}. */
  extractor(group: string): TextExtractor;
  /** Runs the tests of skills, each in a machine of nobody; absent: there is none to run them in. */
  readonly tryOut?: TryOut;
  /** True if programs in the sandboxes reach the bridge. */
  readonly hasDoors?: boolean;
  /** Throws AgentError `missing_key` if `keys` lack what a sandbox needs, so that no run begins that cannot go on. */
  requireKeys(keys: ModelEnvironment): void;
  /** The sandbox of an agent, or of one run, with the folder there; relative paths and commands begin in it. */
  backend(workplace: string, folder: string, o?: BackendNeeds): Promise<SandboxBackendProtocolV2>;
  /** The files of that sandbox, for what keeps them. `keys` as for `backend`. */
  files(workplace: string, keys?: ModelEnvironment): Promise<SandboxFiles>;
  /** The way out of the programs there; absent, or undefined: this host has no say in it. */
  reach?(workplace: string): Reach | undefined;
  /** Ends a sandbox for good, with its disk, if it is there; absent: what ends sandboxes is the service that has them. */
  end?(workplace: string): Promise<void>;
}

export interface BackendNeeds {
  /** Variables that the agent's commands have. */
  readonly env?: Record<string, string>;
  /** What came with the run to reach other services; no sandbox gets it. */
  readonly keys?: ModelEnvironment;
  /** Milliseconds that a command may take, asked when one begins: it is ended then. Default: only the sandbox's own limit holds. */
  readonly commandMsLeft?: () => number;
  /** Ends all commands that are under way. Default: nothing does. */
  readonly commandsOver?: AbortSignal;
}

/** On a machine with a smaller disk, the size of that. */
const DISK_MIB = 4_096;
/** A start keeps a core busy. A hundred at once would each take longer than a start may, and all of them would fail. */
const STARTS_AT_ONCE = Math.max(2, availableParallelism());
/** The label `role` of the VMs that agents work in. */
export const WORK = "work";

/**
 * One work VM for each agent, made when it is first needed and kept with its disk between runs, one for each run that repeats another, and reader
 * VMs, one at a time.
 */
export class AgentVMs implements Machines, AsyncDisposable {
  readonly isolation: SandboxIsolation;
  readonly sandbox = "microvm";
  readonly hasDoors = true;
  readonly tryOut: TryOut;
  readonly #vms: MicroVMs;
  readonly #template: TemplateSpec;
  readonly #egress: EgressPolicy;
  readonly #gateway: Pick<EgressGateway, "open" | "watch"> | undefined;
  readonly #limits: VmLimits;
  readonly #reader: ReaderVM;
  readonly #opening = new Map<string, Promise<MicroVM>>();
  readonly #starts = new Slots(STARTS_AT_ONCE);

  /**
   * @param o.egress what programs in the work VMs of agents may reach besides the tools of their runs; default: nothing
   * @param o.gateway that of `vms`, which opens what a run is allowed besides; default: nothing is
   * @param o.idleSeconds after so long without a call a new work VM is stopped, until the next call; default: never
   */
  constructor(
    vms: MicroVMs,
    o: TemplateOptions & {
      egress?: EgressPolicy;
      gateway?: Pick<EgressGateway, "open" | "watch">;
      idleSeconds?: number;
    },
  ) {
    this.isolation = vms.isolation;
    this.#vms = vms;
    this.#template = workTemplate(o);
    this.tryOut = tryOutIn(async (o) => {
      using _start = await this.#starts.take();
      return await vms.create(o);
    }, this.#template);
    this.#egress = o.egress ?? { allow: [] };
    this.#gateway = o.gateway;
    this.#limits = { idleSeconds: o.idleSeconds };
    this.#reader = new ReaderVM(vms, readerTemplate(o));
  }

  extractor(group: string): TextExtractor {
    return this.#reader.of(group);
  }

  requireKeys(): void {
    // The VMs of this machine need none.
  }

  async backend(
    workplace: string,
    folder: string,
    { env, commandMsLeft, commandsOver }: BackendNeeds = {},
  ): Promise<SandboxBackendProtocolV2> {
    const vm = await this.#vmWithFolder(workplace, folder);
    return MicroVMBackend.of(vm, { cwd: folder, env, executeMsLeft: commandMsLeft, executeSignal: commandsOver });
  }

  async #vmWithFolder(workplace: string, folder: string): Promise<MicroVM> {
    const vm = await this.#vmOf(workplace);
    try {
      await vm.files.mkdir(folder, { parents: true });
      return vm;
    } catch (error) {
      if (!isMicroVMError(error, "io_error", "read_only")) throw error;
      // Its disk could not grow while the host's was full, and its file system has given up: only a start mends that, which ends every
      // program there. Here nothing of the new drive runs yet, and what others have there cannot write either.
      await vm.stop();
      const restarted = await this.#vmOf(workplace);
      await restarted.files.mkdir(folder, { parents: true });
      return restarted;
    }
  }

  async files(workplace: string): Promise<SandboxFiles> {
    return new VmFiles(await this.#vmOf(workplace));
  }

  reach(workplace: string): Reach | undefined {
    const gateway = this.#gateway;
    if (gateway === undefined) return undefined;
    const id = idOf(workplace);
    const watch: Reach["watch"] = (onRefused) => gateway.watch(id, onRefused);
    return isCutOff(workplace) ? { watch } : { watch, open: (server) => gateway.open(id, server) };
  }

  async end(workplace: string): Promise<void> {
    const id = idOf(workplace);
    if (this.#vms.list().some((vm) => vm.id === id)) await this.#vms.destroy(id);
  }

  /** Ends the reader VM. The work VMs belong to their agents, and to whoever opened the orchestrator. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
  }

  /**
   * The VM with this id, started if it is stopped. An agent's VM has the template of this set-up from its next start on; one that an earlier
   * owner of the home left running with an older one is restarted, once, before anything of this process runs in it; its disk stays.
   * What its programs may reach is what this set-up says. Throws MicroVMError `not_found`.
   */
  async get(id: string): Promise<MicroVM> {
    const work = this.#vms.list().find((vm) => vm.id === id && vm.labels.role === WORK);
    if (work === undefined) return await this.#vms.get(id);
    return await this.#vms.get(id, { template: this.#template, egress: this.#egressOf(work.labels.agent ?? "") });
  }

  /** Two runs that ask at once get the same VM. */
  async #vmOf(workplace: string): Promise<MicroVM> {
    const id = idOf(workplace);
    const opening = this.#opening.get(id) ?? this.#open(id, workplace);
    this.#opening.set(id, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(id);
    }
  }

  async #open(id: string, workplace: string): Promise<MicroVM> {
    using _start = await this.#starts.take();
    if (this.#vms.list().some((vm) => vm.id === id)) return await this.get(id);
    const labels = { role: WORK, agent: workplace };
    const [template, egress, limits] = [this.#template, this.#egressOf(workplace), this.#limits];
    const diskMiB = Math.min(DISK_MIB, await this.#vms.hostDiskMiB());
    return await this.#vms.create({ id, template, diskMiB, labels, egress, limits });
  }

  #egressOf(workplace: string): EgressPolicy {
    return isCutOff(workplace) ? { allow: [] } : this.#egress;
  }
}

function idOf(workplace: string): string {
  return `agent-${workplace}`;
}
