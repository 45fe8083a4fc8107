import { rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isAtRest, type RunRecord, workplaceOf } from "@vibewriter/agent/runs";
import type { MicroVM, MicroVMs, TemplateSpec } from "@vibewriter/microvm";
import { ServerError } from "../errors.js";
import type { Backups } from "../migrations/backups.js";
import type { VmService } from "../routes/vms.js";
import type {
  DiskUse,
  GcReport,
  Snapshot,
  Vm,
  VmCreate,
  VmExported,
  VmFork,
  VmImport,
  VmList,
  VmStats,
} from "./api.js";

/** What it needs of `MicroVMs`. */
export type Orchestrator = Pick<
  MicroVMs,
  | "list"
  | "weaknesses"
  | "create"
  | "get"
  | "fork"
  | "destroy"
  | "snapshot"
  | "snapshots"
  | "removeSnapshot"
  | "stats"
  | "export"
  | "import"
  | "df"
  | "gc"
>;

export interface HomeVmsOptions {
  readonly vms: Orchestrator;
  /** The VMs of agents, which are opened as this set-up says. */
  readonly agents: { get(id: string): Promise<MicroVM> };
  /** What a person's VM is cloned from, if they say nothing else. */
  readonly template: TemplateSpec;
  /** What was kept of the home before it was migrated. */
  readonly backups: Pick<Backups, "list" | "removeOld">;
  readonly runs: () => Promise<Pick<RunRecord, "runId" | "agentId" | "replays" | "status">[]>;
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

  list(): VmList {
    return { vms: this.#o.vms.list(), weaknesses: [...this.#o.vms.weaknesses] };
  }

  async get(id: string): Promise<MicroVM> {
    const { state, labels, ...vm } = this.#info(id);
    if (labels[ROLE] !== PERSON) return await this.#o.agents.get(id);
    // From a new set-up on there is only its template. What runs or is suspended has what it needs, and would lose its processes.
    return await this.#o.vms.get(id, state === "stopped" ? { template: this.#template(vm) } : {});
  }

  async create(o: VmCreate, signal: AbortSignal): Promise<Vm> {
    assertFreeNames(o);
    const made = await this.#o.vms.create({
      id: o.id,
      template: this.#template(o),
      diskMiB: o.diskMiB === 0 ? undefined : (o.diskMiB ?? DEFAULT_DISK_MIB),
      labels: { ...o.labels, [ROLE]: PERSON },
      user: o.user,
      limits: o.limits,
      egress: o.allow && { allow: o.allow },
    });
    return this.#keep(made, signal);
  }

  /** The fork of an agent's VM is a person's: it is not the agent's, and has no part in its runs. */
  async fork(from: { vm: string } | { snapshot: string }, o: VmFork, signal: AbortSignal): Promise<Vm> {
    assertFreeNames(o);
    const { [ROLE]: _role, [AGENT]: _agent, ...inherited } = await this.#labelsOf(from);
    const labels = { ...inherited, ...o.labels, [ROLE]: PERSON };
    return this.#keep(await this.#o.vms.fork(from, { id: o.id, labels }), signal);
  }

  async start(id: string): Promise<Vm> {
    await this.get(id);
    return this.#info(id);
  }

  async stop(id: string): Promise<Vm> {
    const { state } = await this.#assertNotBusy(id);
    // A suspended one goes on for a moment, so that what its programs had in memory of files reaches the disk.
    if (state !== "stopped") await (await this.#o.vms.get(id)).stop();
    return this.#info(id);
  }

  async suspend(id: string): Promise<Vm> {
    const { state } = await this.#assertNotBusy(id);
    if (state === "running") await (await this.#o.vms.get(id)).suspend();
    else if (state === "stopped") throw stopped(id);
    return this.#info(id);
  }

  async destroy(id: string): Promise<void> {
    await this.#assertNotBusy(id);
    await this.#o.vms.destroy(id);
  }

  async snapshot(id: string, name: string, signal: AbortSignal): Promise<Snapshot> {
    const snapshot = await this.#o.vms.snapshot(id, name);
    if (signal.aborted) await this.#o.vms.removeSnapshot(name);
    signal.throwIfAborted();
    return snapshot;
  }

  snapshots(): Promise<Snapshot[]> {
    return this.#o.vms.snapshots();
  }

  removeSnapshot(name: string): Promise<void> {
    return this.#o.vms.removeSnapshot(name);
  }

  async stats(id?: string): Promise<VmStats[]> {
    const vms = id === undefined ? this.#o.vms.list() : [this.#info(id)];
    return await Promise.all(vms.map(async ({ id, driver }) => ({ ...(await this.#o.vms.stats(id)), driver })));
  }

  async export(id: string, file: string, signal: AbortSignal): Promise<VmExported> {
    await assertFolder(dirname(file));
    await this.#o.vms.export(id, file);
    if (signal.aborted) await rm(file, { force: true });
    signal.throwIfAborted();
    return { file, bytes: (await stat(file)).size };
  }

  async import(o: VmImport, signal: AbortSignal): Promise<Vm> {
    assertFreeNames(o);
    await assertFile(o.file);
    return this.#keep(await this.#o.vms.import(o.file, { id: o.id, labels: { ...o.labels, [ROLE]: PERSON } }), signal);
  }

  async df(): Promise<DiskUse> {
    const [use, kept] = await Promise.all([this.#o.vms.df(), this.#o.backups.list()]);
    const backups = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    return { ...use, other: Math.max(0, use.other - backups), backups };
  }

  async gc(o: { dryRun: boolean }): Promise<GcReport> {
    const { items, bytes } = await this.#o.vms.gc(o);
    const old = await this.#o.backups.removeOld(o);
    const all = [...items, ...old.map(({ path, bytes }) => ({ kind: "backup", path, bytes }))];
    return { items: all, bytes: old.reduce((sum, backup) => sum + backup.bytes, bytes) };
  }

  #template({ memoryMiB, vcpus, image }: Pick<VmCreate, "memoryMiB" | "vcpus" | "image">): TemplateSpec {
    const { template } = this.#o;
    return { ...template, image, memoryMiB: memoryMiB ?? template.memoryMiB, vcpus: vcpus ?? template.vcpus };
  }

  /** A VM that was just made; nobody waits for it any more if `signal` has aborted. */
  async #keep(made: MicroVM, signal: AbortSignal): Promise<Vm> {
    if (signal.aborted) await made.destroy();
    signal.throwIfAborted();
    return this.#info(made.id);
  }

  async #labelsOf(from: { vm?: string; snapshot?: string }): Promise<Record<string, string>> {
    if (from.vm !== undefined) return this.#info(from.vm).labels;
    return (await this.snapshots()).find(({ name }) => name === from.snapshot)?.labels ?? {};
  }

  /** Throws ServerError `vm_busy` while a run that is not at rest works in the VM: what it has under way must not lose its VM. */
  async #assertNotBusy(id: string): Promise<Vm> {
    const vm = this.#info(id);
    const role = vm.labels[ROLE];
    if (role === undefined || role === PERSON) return vm;
    const run = (await this.#o.runs()).find(
      (one) => !isAtRest(one.status) && (vm.labels[AGENT] === undefined || vm.labels[AGENT] === workplaceOf(one)),
    );
    if (run === undefined) return vm;
    throw new ServerError(
      "vm_busy",
      `The VM ${id} is at work for ${run.runId}; \`vibewriter runs ${run.runId}\` shows how far it is.`,
    );
  }

  #info(id: string): Vm {
    const vm = this.#o.vms.list().find((one) => one.id === id);
    if (vm) return vm;
    throw new ServerError("not_found", `There is no VM ${id}; see \`vibewriter vm list\`.`);
  }
}

/** Throws ServerError bad_request unless there is such a folder. */
async function assertFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined); // What cannot be looked at cannot be written either.
  if (found?.isDirectory()) return;
  throw new ServerError("bad_request", `There is no folder ${path}; make it, or choose another path for the file.`);
}

/** Throws ServerError bad_request unless there is such a file. */
async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined); // What cannot be looked at cannot be read either.
  if (found?.isFile()) return;
  throw new ServerError("bad_request", `There is no file ${path} that can be read; check the path.`);
}

function stopped(id: string): ServerError {
  return new ServerError("stopped", `The VM ${id} is stopped, and has no processes to suspend; start it first.`);
}

/** Throws ServerError bad_request for a name by which a VM would be taken for an agent's. */
function assertFreeNames({ id, labels = {} }: Pick<VmCreate, "id" | "labels">): void {
  if (id?.startsWith(AGENT_ID))
    throw new ServerError("bad_request", `Ids that begin with "${AGENT_ID}" are for agents; choose another.`);
  const own = [ROLE, AGENT].find((label) => label in labels);
  if (own !== undefined) throw new ServerError("bad_request", `The label "${own}" is the server's; choose another.`);
}
