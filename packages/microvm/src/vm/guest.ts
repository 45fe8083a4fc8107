import type { CallRequest } from "../client/call.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { nextOperation, type OperationId } from "../operations.js";
import type { Op, ResultOf } from "../wire/messages.js";
import type { Session } from "./link.js";
import type { Runner } from "./runner.js";

/** A call that may be sent more than once, over more than one connection. */
export interface GuestRequest<O extends Op> extends Omit<CallRequest<O>, "id" | "onData" | "queue" | "deadlineMs"> {
  /** For all sendings together. */
  deadlineMs: number;
  /** Set for calls that change something: under this id the guest's journal knows them again. */
  operation?: OperationId;
  /** Takes the call's data; made anew for each sending, because data is then sent again from the first byte. */
  receive?: () => (channel: number, bytes: Uint8Array) => void;
}

/** More losses than this during one call are no accident. */
const maxAttempts = 4;

/** Calls into a VM, and sees each call through the loss of its connection or its VM. */
export class Guest {
  readonly #runner: Runner;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /**
   * Resolves with the call's checked result. A call whose connection was lost is sent again under the same operation id.
   * Throws MicroVMError; `operation_interrupted` if the VM went down while the call ran and nobody can say how far it got.
   */
  async ask<O extends Op>(request: GuestRequest<O>): Promise<ResultOf<O>> {
    const { operation, receive, deadlineMs, ...rest } = request;
    const deadline = Date.now() + deadlineMs;
    let first: Session | undefined;
    for (let attempt = 1; ; attempt++) {
      const session = await this.#runner.session();
      first ??= session;
      if (session.epoch !== first.epoch) this.#assertRepeatable(request);
      try {
        const result = await session.connection.call({
          ...rest,
          id: operation?.id,
          onData: receive?.(),
          deadlineMs: Math.max(1, deadline - Date.now()),
        });
        if (operation?.transient) session.connection.forget(operation.id);
        return result;
      } catch (error) {
        if (attempt === maxAttempts || !isMicroVMError(error, "connection_lost")) throw error;
      }
    }
  }

  /** As `ask`, for a call that changes something. */
  change<O extends Op>(request: GuestRequest<O>, operationId?: string): Promise<ResultOf<O>> {
    return this.ask({ ...request, operation: nextOperation(operationId) });
  }

  /** A VM without a disk has lost its journal with its memory: what a call had done there is gone, and unknown. */
  #assertRepeatable(request: GuestRequest<Op>): void {
    if (request.operation === undefined || this.#runner.manifest.diskMiB !== undefined) return;
    throw new MicroVMError(
      "operation_interrupted",
      `The VM ${this.#runner.manifest.id} was lost during "${request.op}" and had no disk; it is empty now: begin again.`,
    );
  }
}
