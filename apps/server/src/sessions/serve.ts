import type { Duplex } from "node:stream";
import type { z } from "zod";
import { Start } from "./contract.js";
import { runProgram } from "./program.js";
import { ServedSession } from "./served-session.js";
import { readFile, writeFile } from "./transfer.js";
import type { SessionVm } from "./vm.js";

/**
 * Does one thing in a VM for the client at the other end of `stream`. When the client goes away it is ended. Never rejects: what goes wrong
 * is the client's to hear.
 */
export async function serveSession(stream: Duplex, vm: () => Promise<SessionVm>): Promise<void> {
  const session = new ServedSession(stream);
  await session.serve(Start, async (start) => {
    const opened = await vm();
    session.signal.throwIfAborted();
    await session.started({ isolation: opened.isolation });
    return workOf(session, opened, start);
  });
}

function workOf(session: ServedSession, vm: SessionVm, start: z.output<typeof Start>): Promise<object> {
  switch (start.type) {
    case "program":
      return runProgram(session, vm, start);
    case "read":
      return readFile(session, vm, start.path);
    case "write":
      return writeFile(session, vm, start);
  }
}
