import { setTimeout as delay } from "node:timers/promises";
import type { DoorName } from "../client/door.js";
import { isMicroVMError } from "../errors.js";
import type { Account } from "./account.js";
import type { BridgeSession } from "./bridge.js";
import type { DoorConnection, DoorStream } from "./doors.js";
import { Exchange } from "./exchange.js";
import { type HttpDoor, writeAnswer } from "./http-door.js";
import type { EgressPolicy } from "./policy.js";
import type { ProxySession } from "./proxy.js";
import { Refusal } from "./refusal.js";
import { renewMs, Tokens } from "./tokens.js";

/** One session of one VM. */
export interface AttachedVm {
  id: string;
  /** Of the session; a restored or restarted VM has another. */
  epoch: number;
  labels: Readonly<Record<string, string>>;
  policy: EgressPolicy;
  connection: DoorConnection;
}

/** What an attachment uses of its gateway. */
export interface AttachmentParts {
  account: Account;
  proxy: HttpDoor<ProxySession>;
  bridge: HttpDoor<BridgeSession>;
  /** Told of what ends an attachment other than its end or the loss of the VM. */
  onFailure: (vm: string, error: unknown) => void;
}

const doors: readonly DoorName[] = ["proxy", "bridge"];
/** `accept` calls that wait at each door: the next one is there while one is handed over. */
const waitingAtDoor = 2;
/** Connections of one VM at once, both doors together. Far fewer than the streams of a guest, which also carry its other calls. */
const maxConnections = 32;
const grantMs = 15_000;
const endMs = 1_000;
/** Before something is tried again that a busy VM could not do. */
const againMs = 1_000;
const times = {
  proxy: { idleMs: 120_000, totalMs: 3_600_000 },
  bridge: { idleMs: 130_000, totalMs: 150_000 },
};

/** Serves the doors of one VM for one session. Disposing of it ends its connections. */
export class Attachment implements AsyncDisposable {
  readonly #vm: AttachedVm;
  readonly #parts: AttachmentParts;
  readonly #session: BridgeSession & ProxySession;
  readonly #tokens = new Tokens();
  readonly #end = new AbortController();
  readonly #streams = new Set<DoorStream>();
  readonly #done: Promise<void>;
  /** Loops that wait for one of the VM's connections to end. */
  readonly #waiting: (() => void)[] = [];

  constructor(vm: AttachedVm, parts: AttachmentParts) {
    this.#vm = vm;
    this.#parts = parts;
    this.#session = { policy: vm.policy, vm: { id: vm.id, labels: vm.labels }, callsNow: 0 };
    this.#done = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error("the gateway was detached"));
    this.#wakeAll();
    for (const stream of this.#streams) stream.destroy();
    // A guest that answers nothing keeps nobody waiting: its connection is closed next.
    await Promise.race([this.#done, delay(endMs, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    const renewal = setInterval(() => void this.#renew(), renewMs).unref();
    try {
      // Before anything is accepted: a clone still has the token of the VM that it was made of.
      await this.#untilDone(() => this.#grant());
      const loops = doors.flatMap((door) => Array.from({ length: waitingAtDoor }, () => this.#acceptAll(door)));
      await Promise.all(loops);
    } catch (error) {
      this.#end.abort(error);
      this.#wakeAll();
      if (!isExpected(error)) this.#parts.onFailure(this.#vm.id, error);
    } finally {
      clearInterval(renewal);
    }
  }

  async #grant(): Promise<void> {
    const token = this.#tokens.mint();
    await this.#vm.connection.call({ op: "grant", args: { token }, maxData: 0, deadlineMs: grantMs });
  }

  /** One that fails is tried again at the next turn, while the last token is still good. */
  async #renew(): Promise<void> {
    try {
      await this.#grant();
    } catch (error) {
      if (!isExpected(error)) this.#parts.onFailure(this.#vm.id, error);
    }
  }

  async #acceptAll(door: DoorName): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      if (this.#streams.size >= maxConnections) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      await this.#untilDone(async () => this.#serve(door, await this.#vm.connection.accept(door, signal)));
    }
  }

  /** Goes on trying what a guest that is only busy has no time or stream for. */
  async #untilDone(step: () => Promise<void>): Promise<void> {
    const { signal } = this.#end;
    for (;;) {
      try {
        return await step();
      } catch (error) {
        if (signal.aborted || !isMicroVMError(error, "timed_out", "too_many_streams")) throw error;
      }
      await delay(againMs, undefined, { ref: false });
    }
  }

  #serve(door: DoorName, stream: DoorStream): void {
    this.#streams.add(stream);
    stream.once("close", () => {
      this.#streams.delete(stream);
      this.#waiting.shift()?.();
    });
    if (this.#end.signal.aborted) {
      stream.destroy();
      return;
    }
    const { account } = this.#parts;
    const exchange = new Exchange({ vm: this.#vm.id, door, account, times: times[door] });
    if (this.#tokens.isCurrent(stream.token)) {
      this.#parts[door].serve(stream, exchange, this.#session);
      return;
    }
    const refusal = new Refusal("bad_token", "This VM has no current pass of its host; connect again in a moment.");
    exchange.finish(refusal);
    // Errors of a stream that nobody reads end it, and that is all.
    stream.on("error", () => stream.destroy());
    writeAnswer(stream, refusal);
    setTimeout(() => stream.destroy(), 1_000).unref();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** The session is over: the VM is gone, or nobody wants it served any more. */
function isExpected(error: unknown): boolean {
  return isMicroVMError(error, "connection_lost", "cancelled", "closed", "stopped", "protocol_violation");
}
