import type { Connection } from "../client/connection.js";
import type { Machine } from "../drivers/driver.js";

/** An open way into the guest. */
export interface Session {
  connection: Connection;
  /** Names the guest's incarnation: another one for each start and each resumption. */
  epoch: number;
  /** How often its memory was lost while this process had the VM: what a guest without a disk knows is of one life. */
  life: number;
}

const pingEveryMs = 10_000;
const pingMs = 20_000;

/** The connection to one VM, kept alive for as long as it is held. */
export class Link {
  #session: Session | undefined;
  #doors: AsyncDisposable | undefined;
  #pinger: NodeJS.Timeout | undefined;

  /** The session, if its connection is still open. */
  get session(): Session | undefined {
    return this.#session?.connection.isOpen ? this.#session : undefined;
  }

  /** `doors` are what serves the guest's doors over this session, and ends with it. */
  hold(session: Session, machine: Machine, doors?: AsyncDisposable): Session {
    this.#session = session;
    this.#doors = doors;
    clearInterval(this.#pinger);
    this.#pinger = setInterval(() => void tend(session, machine), pingEveryMs).unref();
    return session;
  }

  /** Serves the doors of the open session by others than before. */
  async serve(doors: AsyncDisposable | undefined): Promise<void> {
    const before = this.#doors;
    this.#doors = doors;
    await before?.[Symbol.asyncDispose]();
  }

  /** Gives the open connection away. */
  release(): void {
    clearInterval(this.#pinger);
    this.#session = undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#pinger);
    const session = this.#session;
    const doors = this.#doors;
    this.#session = undefined;
    this.#doors = undefined;
    await doors?.[Symbol.asyncDispose]();
    await session?.connection.close();
  }
}

/** A guest that hears nothing powers off; one that answers nothing is left, and the next call decides what to do. */
async function tend({ connection }: Session, machine: Machine): Promise<void> {
  try {
    connection.flushForgotten();
    await machine.trimLog();
    await connection.ping(pingMs);
  } catch {
    await connection.close();
  }
}
