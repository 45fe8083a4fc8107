import type { MicroVM, MicroVMs, TemplateSpec } from "@vibewriter/microvm";

const DISK_MIB = 4_096;

/** One work VM for each agent, made when it is first needed and kept, with its disk, between runs. */
export class AgentVMs {
  readonly #vms: MicroVMs;
  readonly #template: TemplateSpec;
  readonly #opening = new Map<string, Promise<MicroVM>>();

  constructor(vms: MicroVMs, template: TemplateSpec) {
    this.#vms = vms;
    this.#template = template;
  }

  get isolation(): MicroVMs["isolation"] {
    return this.#vms.isolation;
  }

  /** The agent's VM, running. Two runs that ask at once get the same one. */
  async of(agentId: string): Promise<MicroVM> {
    const id = `agent-${agentId}`;
    const opening = this.#opening.get(id) ?? this.#open(id, agentId);
    this.#opening.set(id, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(id);
    }
  }

  async #open(id: string, agentId: string): Promise<MicroVM> {
    if (this.#vms.list().some((vm) => vm.id === id)) return await this.#vms.get(id);
    const labels = { role: "work", agent: agentId };
    return await this.#vms.create({ id, template: this.#template, diskMiB: DISK_MIB, labels });
  }
}
