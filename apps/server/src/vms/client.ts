import { z } from "zod";
import type { Caller } from "../call.js";
import type { Start } from "../sessions/contract.js";
import { Session } from "../sessions/session.js";
import { type Vm, VmAnswer, type VmCreate, VmsAnswer } from "./api.js";

/** Work that may take long can be given up with a signal. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
}

/** Starting, stopping and destroying take seconds; a VM that does neither in this time does not come to it. */
const CHANGE_MS = 120_000;

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
    return (await this.#caller.call("POST", pathOf(id, "/start"), VmAnswer, { timeoutMs: CHANGE_MS })).vm;
  }

  /** Ends its processes; its disk stays. */
  async stop(id: string): Promise<Vm> {
    return (await this.#caller.call("POST", pathOf(id, "/stop"), VmAnswer, { timeoutMs: CHANGE_MS })).vm;
  }

  /** Ends it and deletes its disk. */
  async destroy(id: string): Promise<void> {
    await this.#caller.call("DELETE", pathOf(id), z.object({}), { timeoutMs: CHANGE_MS });
  }

  /** Runs a program in a VM, which is started when it is not running. */
  session(id: string, start: Start): Promise<Session> {
    return Session.open(this.#caller.socket, id, start);
  }
}

function pathOf(id: string, rest = ""): string {
  return `/v1/vms/${encodeURIComponent(id)}${rest}`;
}
