import { z } from "zod";
import type { Caller } from "../call.js";
import { Ended, type Program, Transferred } from "../sessions/contract.js";
import { Session } from "../sessions/session.js";
import {
  DiskUse,
  GcReport,
  type Snapshot,
  SnapshotAnswer,
  SnapshotsAnswer,
  type Vm,
  VmAnswer,
  type VmCreate,
  VmExported,
  VmFileStat,
  VmFolder,
  type VmFork,
  type VmImport,
  VmList,
  type VmStats,
  VmStatsAnswer,
} from "./api.js";

/** Work that may take long can be given up with a signal. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
}

/** A short call may have to wait for the start of its VM. */
const CHANGE_MS = 120_000;
const changing = { timeoutMs: CHANGE_MS };

/** The microVMs of a home, for its clients. Failures are ServerErrors with the codes of the VMs. */
export class VmsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** All of them, running or not. */
  list(): Promise<VmList> {
    return this.#caller.call("GET", "/v1/vms", VmList);
  }

  /** Makes a VM and starts it; given up before it runs, it is removed again. The first of a kind takes a while. */
  async create(o: VmCreate, work: WorkOptions = {}): Promise<Vm> {
    return (await this.#caller.work("POST", "/v1/vms", VmAnswer, { body: o, ...work })).vm;
  }

  /** Makes a VM of what another one, or a snapshot, is, with its processes if there are any. */
  async fork(from: { vm: string } | { snapshot: string }, o: VmFork, work: WorkOptions = {}): Promise<Vm> {
    const path = "vm" in from ? pathOf(from.vm, "/fork") : snapshotPath(from.snapshot, "/fork");
    return (await this.#caller.work("POST", path, VmAnswer, { body: o, ...work })).vm;
  }

  /** Starts a VM that is stopped, resumes one that is suspended; the same for one that runs. */
  async start(id: string): Promise<Vm> {
    return (await this.#caller.work("POST", pathOf(id, "/start"), VmAnswer)).vm;
  }

  /** Ends its processes; its disk stays. */
  async stop(id: string): Promise<Vm> {
    return (await this.#caller.work("POST", pathOf(id, "/stop"), VmAnswer)).vm;
  }

  /** Saves its memory and ends its machine; its processes go on when it is started, or worked in. */
  async suspend(id: string): Promise<Vm> {
    return (await this.#caller.work("POST", pathOf(id, "/suspend"), VmAnswer)).vm;
  }

  /** Keeps a VM as it is now under a name. */
  async snapshot(id: string, name: string, work: WorkOptions = {}): Promise<Snapshot> {
    const o = { body: { name }, ...work };
    return (await this.#caller.work("POST", pathOf(id, "/snapshots"), SnapshotAnswer, o)).snapshot;
  }

  /** By name. */
  async snapshots(): Promise<Snapshot[]> {
    return (await this.#caller.call("GET", "/v1/snapshots", SnapshotsAnswer)).snapshots;
  }

  /** VMs that were forked from it go on. */
  async removeSnapshot(name: string): Promise<void> {
    await this.#caller.call("DELETE", snapshotPath(name), z.object({}), changing);
  }

  /** What VMs cost and use: one, or all. */
  async stats(id?: string): Promise<VmStats[]> {
    const path = id === undefined ? "/v1/vms/stats" : pathOf(id, "/stats");
    return (await this.#caller.call("GET", path, VmStatsAnswer)).stats;
  }

  /** Writes a VM's disk into a new file at an absolute path of the server's host. */
  export(id: string, file: string, work: WorkOptions = {}): Promise<VmExported> {
    return this.#caller.work("POST", pathOf(id, "/export"), VmExported, { body: { file }, ...work });
  }

  /** Makes a stopped VM of an exported file. */
  async import(o: VmImport, work: WorkOptions = {}): Promise<Vm> {
    return (await this.#caller.work("POST", "/v1/vms/import", VmAnswer, { body: o, ...work })).vm;
  }

  /** What takes space in the home. */
  df(): Promise<DiskUse> {
    return this.#caller.work("GET", "/v1/space", DiskUse);
  }

  /** Removes what nobody needs; with `dryRun`, only says what that is. */
  gc(o: { dryRun: boolean }): Promise<GcReport> {
    return this.#caller.work("POST", "/v1/space/gc", GcReport, { body: o });
  }

  /** Ends it and deletes its disk. */
  async destroy(id: string): Promise<void> {
    await this.#caller.call("DELETE", pathOf(id), z.object({}), changing);
  }

  /** Runs a program in a VM, which is started when it is not running. */
  run(id: string, program: Omit<z.input<typeof Program>, "type">): Promise<Session<Ended>> {
    return Session.open(this.#caller.socket, id, { type: "program", ...program }, Ended);
  }

  /** What is at an absolute path of a VM; links are followed. */
  stat(id: string, path: string): Promise<VmFileStat> {
    return this.#caller.call("GET", pathOf(id, `/files/stat?${new URLSearchParams({ path })}`), VmFileStat, changing);
  }

  /** What is in a folder of a VM, by name. The names are a guest's: anything may be in them. */
  folder(id: string, path: string): Promise<VmFolder> {
    return this.#caller.call("GET", pathOf(id, `/files?${new URLSearchParams({ path })}`), VmFolder, changing);
  }

  /** Makes a folder, and those above it; the same for one that is there. */
  async makeFolder(id: string, path: string): Promise<void> {
    await this.#caller.call("POST", pathOf(id, "/files/folder"), z.object({}), { body: { path }, ...changing });
  }

  /** The content of a file, as fast as it is read here. */
  async *readFile(id: string, path: string): AsyncGenerator<Uint8Array> {
    using session = await Session.open(this.#caller.socket, id, { type: "read", path }, Transferred);
    for await (const said of session) if (said.type === "stdout") yield said.bytes;
  }

  /** Puts a file, whole or not at all, with the folders above it. `mode`: its permission bits. */
  async writeFile(id: string, path: string, mode: number, content: AsyncIterable<Uint8Array>): Promise<void> {
    using session = await Session.open(this.#caller.socket, id, { type: "write", path, mode }, Transferred);
    await Promise.all([finished(session), send(session, content)]);
  }
}

async function send(session: Session<Transferred>, content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of content) if (!(await session.write(chunk))) return;
  session.end();
}

async function finished(session: Session<Transferred>): Promise<void> {
  for await (const said of session) if (said.type === "done") return;
}

function snapshotPath(name: string, rest = ""): string {
  return `/v1/snapshots/${encodeURIComponent(name)}${rest}`;
}

function pathOf(id: string, rest = ""): string {
  return `/v1/vms/${encodeURIComponent(id)}${rest}`;
}
