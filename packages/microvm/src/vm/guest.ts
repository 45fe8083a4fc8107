import type { CallRequest } from "../client/call.js";
import type { Connection } from "../client/connection.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { nextOperation, type OperationId } from "../operations.js";
import type { Op, ResultOf } from "../wire/messages.js";
import type { Session } from "./link.js";
import type { Manifest } from "./manifest.js";
import type { Use } from "./use.js";

/** What calls need of whoever keeps the VM running. */
export interface Keeper {
  /** The way into the running guest, which is brought up first where need be. */
  session(): Promise<Session>;
  /** Waits, for a call that is under way, for as long as the VM is suspended, and resolves with the milliseconds that took. */
  untilAwake(signal?: AbortSignal): Promise<number>;
  /** Writes down, before it happens, that something secret comes into the VM's memory, for as long as the call that brings it lasts. */
  holdSecret(): Promise<Disposable>;
  readonly use: Pick<Use, "during">;
  readonly manifest: Readonly<Pick<Manifest, "id" | "diskMiB" | "limits">>;
}

/** A call that may be sent more than once, over more than one connection. */
export interface GuestRequest<O extends Op> extends Omit<CallRequest<O>, "id" | "onData" | "queue" | "deadlineMs"> {
  /** For all sendings together. */
  deadlineMs: number;
  /** Set for calls that change something: under this id the guest's journal knows them again. */
  operation?: OperationId;
  /** Takes the call's data; made anew for each sending, because data is then sent again from the first byte. */
  receive?: () => (channel: number, bytes: Uint8Array) => void;
}

/** What is done over a connection, and done again over the next one if that is lost. */
export interface Attempts<T> {
  op: Op;
  operation?: OperationId;
  /** Gives up waiting for a VM that is suspended meanwhile. */
  signal?: AbortSignal;
  /** `number` is 1 for the first; `awayMs` is how long the VM was suspended meanwhile, in which no program of it ran. */
  attempt: (connection: Connection, number: number, awayMs: number) => Promise<T>;
}

/** More losses than this in a row are no accident. */
const maxAttempts = 4;
/** A connection that lasted this long was a good one. */
const steadyMs = 60_000;

/** Calls into a VM, and sees each call through the loss of its connection or its VM. */
export class Guest {
  readonly #keeper: Keeper;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  /** What a command of this VM may have as output, whatever is asked for. */
  get mostOutputBytes(): number {
    return this.#keeper.manifest.limits?.outputBytes ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Resolves with the call's checked result. A call whose connection was lost is sent again under the same operation id.
   * Throws MicroVMError; `operation_interrupted` if the VM went down while the call ran and nobody can say how far it got.
   */
  ask<O extends Op>(request: GuestRequest<O>): Promise<ResultOf<O>> {
    const { operation, receive, deadlineMs, ...rest } = request;
    const deadline = Date.now() + deadlineMs;
    const attempt = (connection: Connection, _: number, awayMs: number) =>
      connection.call({ ...rest, id: operation?.id, onData: receive?.(), deadlineMs: timeLeft(deadline + awayMs) });
    return this.persist({ op: request.op, operation, signal: request.signal, attempt });
  }

  /** As `ask`, for a call that changes something. */
  change<O extends Op>(request: GuestRequest<O>, operationId?: string): Promise<ResultOf<O>> {
    return this.ask({ ...request, operation: nextOperation(operationId) });
  }

  /** Does something over the open connection; if that is lost meanwhile, again over the next one. Throws as `ask` does. */
  persist<T>(attempts: Attempts<T>): Promise<T> {
    return this.during(() => this.#persist(attempts));
  }

  /** Somebody works with the VM until `step` is over. */
  during<T>(step: () => Promise<T>): Promise<T> {
    return this.#keeper.use.during(step);
  }

  /** To be asked before something secret is sent: the VM's memory is not written to any disk from then on. */
  holdSecret(): Promise<Disposable> {
    return this.#keeper.holdSecret();
  }

  async #persist<T>({ op, operation, signal, attempt }: Attempts<T>): Promise<T> {
    let first: Session | undefined;
    let losses = 0;
    let awayMs = 0;
    for (let number = 1; ; number++) {
      if (number > 1) awayMs += await this.#keeper.untilAwake(signal);
      const session = await this.#keeper.session();
      first ??= session;
      if (session.life !== first.life) this.#assertRepeatable(op, operation);
      const begun = Date.now();
      try {
        const result = await attempt(session.connection, number, awayMs);
        if (operation?.transient) session.connection.forget(operation.id);
        return result;
      } catch (error) {
        losses = Date.now() - begun > steadyMs ? 1 : losses + 1;
        if (losses === maxAttempts || !isMicroVMError(error, "connection_lost")) throw error;
      }
    }
  }

  /** The open connection, for what cannot go on over another one. */
  async connection(): Promise<Connection> {
    return (await this.#keeper.session()).connection;
  }

  /** A VM without a disk has lost its journal with its memory: what a call had done there is gone, and unknown. */
  #assertRepeatable(op: Op, operation: OperationId | undefined): void {
    if (operation === undefined || this.#keeper.manifest.diskMiB !== undefined) return;
    throw new MicroVMError(
      "operation_interrupted",
      `The VM ${this.#keeper.manifest.id} was lost during "${op}" and had no disk; it is empty now: begin again.`,
    );
  }
}

/** Milliseconds until a Date.now() time, at least one. */
export function timeLeft(deadline: number): number {
  return Math.max(1, deadline - Date.now());
}
