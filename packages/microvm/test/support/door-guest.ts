import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { MicroVMError } from "../../src/errors.js";
import type { DoorStream } from "../../src/gateway/doors.js";
import type { EgressGateway, EgressPolicy } from "../../src/index.js";

export const END = Symbol("end");

type DoorName = "proxy" | "bridge";

/**
 * Stands for a guest agent: two loopback ports, whose connections are paired with `accept` calls and get the token that was granted last.
 * Whatever speaks to the ports is a program in the VM.
 */
export class DoorGuest implements AsyncDisposable {
  /** Put in front of each connection from now on. */
  token = "none yet";
  readonly granted: string[] = [];
  readonly #doors: Record<DoorName, { server: Server; queue: Socket[]; waiting: ((socket: Socket) => void)[] }>;

  private constructor() {
    const door = () => {
      const queue: Socket[] = [];
      const waiting: ((socket: Socket) => void)[] = [];
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        const next = waiting.shift();
        if (next) next(socket);
        else queue.push(socket);
      });
      return { server, queue, waiting };
    };
    this.#doors = { proxy: door(), bridge: door() };
  }

  static async open(): Promise<DoorGuest> {
    const guest = new DoorGuest();
    for (const { server } of Object.values(guest.#doors)) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return guest;
  }

  port(door: DoorName): number {
    return (this.#doors[door].server.address() as AddressInfo).port;
  }

  get proxy(): string {
    return `http://127.0.0.1:${this.port("proxy")}`;
  }

  get bridge(): string {
    return `http://127.0.0.1:${this.port("bridge")}`;
  }

  attach(gateway: EgressGateway, policy: EgressPolicy, vm: { id?: string; labels?: Record<string, string> } = {}) {
    return gateway.attach({ id: vm.id ?? "vm", epoch: 1, labels: vm.labels ?? {}, policy, connection: this });
  }

  async call(request: { op: "grant"; args: { token: string } }): Promise<unknown> {
    this.granted.push(request.args.token);
    this.token = request.args.token;
    return {};
  }

  async accept(name: DoorName, signal: AbortSignal): Promise<DoorStream> {
    const door = this.#doors[name];
    const socket = door.queue.shift() ?? (await nextOf(door.waiting, signal));
    return Object.assign(socket, { token: this.token });
  }

  /** Sends bytes to the proxy and gives all that comes back until it ends the connection; END: and says that there is no more. */
  async say(...parts: (string | Buffer | typeof END)[]): Promise<string> {
    const socket = connect(this.port("proxy"), "127.0.0.1");
    let heard = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      heard += text;
    });
    socket.on("error", () => socket.destroy());
    for (const part of parts) {
      if (part === END) socket.end();
      else socket.write(part);
    }
    await once(socket, "close");
    return heard;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { server, queue } of Object.values(this.#doors)) {
      for (const socket of queue) socket.destroy();
      server.close();
    }
  }
}

function nextOf(waiting: ((socket: Socket) => void)[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const take = (socket: Socket) => {
      signal.removeEventListener("abort", cancel);
      resolve(socket);
    };
    const cancel = () => {
      waiting.splice(waiting.indexOf(take), 1);
      reject(new MicroVMError("cancelled", "It was cancelled."));
    };
    waiting.push(take);
    signal.addEventListener("abort", cancel, { once: true });
  });
}
