import { z } from "zod";
import type { Caller } from "../call.js";
import { Ended, type Program, Transferred } from "../sessions/contract.js";
import { Session } from "../sessions/session.js";
import { type Vm, VmAnswer, type VmCreate, VmFileStat, VmFolder, VmsAnswer } from "./api.js";

/** Work that may take long can be given up with a signal. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
}

/** Starting, stopping and destroying take seconds; a VM that does neither in this time does not come to it. */
const CHANGE_MS = 120_000;
const changing = { timeoutMs: CHANGE_MS };

/** The microVMs of a home, for its clients. Failures are ServerErrors with the codes of the VMs. */
export class VmsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** All of them, running or not. */
  async list(): Promise<Vm[]> {
    return (await this.#caller.call("GET", "/v1/vms", VmsAnswer)).vms;
  }

  /** Makes a VM and starts it; given up before it runs, it is removed again. The first of a kind takes a while. */
  async create(o: VmCreate, work: WorkOptions = {}): Promise<Vm> {
    return (await this.#caller.work("POST", "/v1/vms", VmAnswer, { body: o, ...work })).vm;
  }

  /** Starts a VM that is stopped; the same for one that runs. */
  async start(id: string): Promise<Vm> {
    return (await this.#caller.call("POST", pathOf(id, "/start"), VmAnswer, changing)).vm;
  }

  /** Ends its processes; its disk stays. */
  async stop(id: string): Promise<Vm> {
    return (await this.#caller.call("POST", pathOf(id, "/stop"), VmAnswer, changing)).vm;
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

function pathOf(id: string, rest = ""): string {
  return `/v1/vms/${encodeURIComponent(id)}${rest}`;
}
