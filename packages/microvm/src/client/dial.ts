import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { RpcAddress } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";

const retryMs = 5;
/** Longest path a unix socket address holds, its terminating zero included. */
const maxSocketPath = 108;
/** `OK ` and the number of a port. */
const maxGreeting = 32;

/** Connects to a unix socket that may not exist yet; `deadline` is a Date.now() time. Throws MicroVMError `connection_lost`. */
export async function dial(path: string, deadline: number, isDoomed?: () => boolean): Promise<Socket> {
  checkSocketPath(path);
  for (;;) {
    const outcome = await attempt(path);
    if (!(outcome instanceof Error)) return outcome;
    if (Date.now() >= deadline || isDoomed?.()) {
      throw new MicroVMError("connection_lost", `Nothing answers at ${path}; start the VM again.`, { cause: outcome });
    }
    await delay(retryMs);
  }
}

/**
 * Connects to a guest's byte stream. Through a VMM with vsock the port is asked for first; a guest that does not listen yet is asked again.
 * The socket is paused. Throws MicroVMError `connection_lost`.
 */
export async function dialGuest(address: RpcAddress, deadline: number, isDoomed?: () => boolean): Promise<Socket> {
  const { path, vsockPort } = address;
  for (;;) {
    const socket = await dial(path, deadline, isDoomed);
    if (vsockPort === undefined) return socket.pause();
    const cause = await askForPort(socket, vsockPort, deadline);
    if (cause === undefined) return socket;
    socket.destroy();
    if (Date.now() >= deadline || isDoomed?.()) {
      const text = `The VM at ${path} does not listen on its port ${vsockPort}; start the VM again.`;
      throw new MicroVMError("connection_lost", text, { cause });
    }
    await delay(retryMs);
  }
}

/** Throws MicroVMError `invalid_path` if no socket can have this path. */
export function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) < maxSocketPath) return;
  throw new MicroVMError(
    "invalid_path",
    `The socket path ${path} is longer than ${maxSocketPath - 1} bytes; set VIBEWRITER_HOME to a shorter folder.`,
  );
}

function attempt(path: string): Promise<Socket | Error> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const fail = (error: Error) => resolve(error);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Firecracker's way of reaching a port: `CONNECT <port>` is answered `OK <number>`, or with the end of the stream. */
function askForPort(socket: Socket, port: number, deadline: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    const finish = (error?: Error) => {
      clearTimeout(timer);
      socket.off("data", take).off("close", ended).off("error", finish).pause();
      resolve(error);
    };
    const take = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\n") + 1;
      if (end === 0 && seen.length <= maxGreeting) return;
      if (!/^OK \d{1,10}\n$/.test(seen.toString("latin1", 0, end))) return finish(new Error("the answer is not OK"));
      finish();
      if (end < seen.length) socket.unshift(seen.subarray(end));
    };
    const ended = () => finish(new Error("the stream ended without an answer"));
    const timer = setTimeout(() => finish(new Error("there was no answer in time")), deadline - Date.now());
    socket.on("data", take).once("close", ended).once("error", finish);
    socket.write(`CONNECT ${port}\n`);
  });
}
