import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { MicroVMError } from "../errors.js";

const retryMs = 5;
/** Longest path a unix socket address holds, its terminating zero included. */
const maxSocketPath = 108;

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
