import type { RunRecord } from "@vibewriter/agent/runs";
import type { MicroVM, MicroVMs, TemplateSpec } from "@vibewriter/microvm";
import { ServerError } from "../errors.js";
import { isAtRest } from "../follow-run.js";
import type { VmService } from "../routes/vms.js";
import type { Vm, VmCreate } from "./api.js";

export interface HomeVmsOptions {
  readonly vms: MicroVMs;
  /** The VMs of agents, which are opened with the template of this set-up. */
  readonly agents: { get(id: string): Promise<MicroVM> };
  /** What a person's VM is cloned from, if they say nothing else. */
  readonly template: TemplateSpec;
  readonly runs: () => Promise<RunRecord[]>;
}

const DEFAULT_DISK_MIB = 4_096;
/** Labels that say what a VM is for: the server's own to give. */
const ROLE = "role";
const AGENT = "agent";
/** The role of a VM that a person made. */
const PERSON = "person";
/** How the ids of agents' VMs begin. */
const AGENT_ID = "agent-";

/** The VMs of a home as its clients see and change them: those of agents, and those that a person makes. */
export class HomeVms implements VmService {
  readonly #o: HomeVmsOptions;

  constructor(o: HomeVmsOptions) {
    this.#o = o;
  }

  list(): Vm[] {
    return this.#o.vms.list();
  }

  async create(o: VmCreate, signal: AbortSignal): Promise<Vm> {
    assertFreeNames(o);
    const { template, vms } = this.#o;
    const vm = await vms.create({
      id: o.id,
      template: { ...template, memoryMiB: o.memoryMiB ?? template.memoryMiB, vcpus: o.vcpus ?? template.vcpus },
      diskMiB: o.diskMiB === 0 ? undefined : (o.diskMiB ?? DEFAULT_DISK_MIB),
      labels: { ...o.labels, [ROLE]: PERSON },
    });
    if (signal.aborted) await vm.destroy();
    signal.throwIfAborted();
    return this.#info(vm.id);
  }

  async get(id: string): Promise<MicroVM> {
    return this.#o.agents.get(id);
  }

  async start(id: string): Promise<Vm> {
    await this.get(id);
    return this.#info(id);
  }

  async stop(id: string): Promise<Vm> {
    const vm = await this.#notBusy(id);
    if (vm.state === "running") await (await this.#o.vms.get(id)).stop();
    return this.#info(id);
  }

  async destroy(id: string): Promise<void> {
    await this.#notBusy(id);
    await this.#o.vms.destroy(id);
  }

  /** The VM, if no run that is not at rest works in it: what a run has under way must not lose its VM. */
  async #notBusy(id: string): Promise<Vm> {
    const vm = this.#info(id);
    const role = vm.labels[ROLE];
    if (role === undefined || role === PERSON) return vm;
    const run = (await this.#o.runs()).find(
      ({ status, agentId }) => !isAtRest(status) && (vm.labels[AGENT] === undefined || vm.labels[AGENT] === agentId),
    );
    if (run === undefined) return vm;
    throw new ServerError(
      "vm_busy",
      `The VM ${id} is at work for ${run.runId}; \`vibewriter runs ${run.runId}\` shows how far it is.`,
    );
  }

  #info(id: string): Vm {
    const vm = this.list().find((one) => one.id === id);
    if (vm) return vm;
    throw new ServerError("not_found", `There is no VM ${id}; see \`vibewriter vm list\`.`);
  }
}

/** Throws ServerError bad_request for a name by which a VM would be taken for an agent's. */
function assertFreeNames({ id, labels = {} }: VmCreate): void {
  if (id?.startsWith(AGENT_ID))
    throw new ServerError("bad_request", `Ids that begin with "${AGENT_ID}" are for agents; choose another.`);
  const own = [ROLE, AGENT].find((label) => label in labels);
  if (own !== undefined) throw new ServerError("bad_request", `The label "${own}" is the server's; choose another.`);
}
