import type { z } from "zod";
import type { Transferred, Write } from "./contract.js";
import type { ServedSession } from "./served-session.js";
import type { SessionVm } from "./vm.js";

/** Passes the content of a file on, at the client's pace. */
export async function readFile(session: ServedSession, vm: SessionVm, path: string): Promise<Transferred> {
  let bytes = 0;
  for await (const chunk of vm.files.readStream(path)) {
    session.signal.throwIfAborted();
    await session.tell("stdout", chunk);
    bytes += chunk.length;
  }
  return { bytes };
}

/** Writes a file of what the client sends, at the VM's pace. A client that goes before its end has written nothing. */
export async function writeFile(
  session: ServedSession,
  vm: SessionVm,
  { path, mode }: z.output<typeof Write>,
): Promise<Transferred> {
  let bytes = 0;
  async function* counted() {
    for await (const chunk of session.input) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  await vm.files.writeStream(path, counted, { mode, parents: true });
  return { bytes };
}
