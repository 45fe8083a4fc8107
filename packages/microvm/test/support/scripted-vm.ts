import { Connection } from "../../src/client/connection.js";
import { Guest } from "../../src/vm/guest.js";
import { type Script, scriptedGuest } from "./scripted-guest.js";

/** Calls into a scripted guest, connected to anew whenever the connection is lost, as a VM's keeper does. */
export async function scriptedVm(script: Script, o: { hasDisk: boolean } = { hasDisk: true }) {
  const peer = await scriptedGuest(script);
  let connection: Connection | undefined;
  let epoch = 1;
  const session = async () => {
    if (connection?.isOpen !== true) connection = await Connection.open(peer.path, { deadlineMs: 2_000, fresh: true });
    return { connection, epoch };
  };
  return {
    guest: new Guest({ session, manifest: { id: "scripted", diskMiB: o.hasDisk ? 64 : undefined } }),
    connections: peer.connections,
    current: () => connection,
    /** From now on it is another incarnation: the VM was lost. */
    restart: () => {
      epoch += 1;
    },
    async [Symbol.asyncDispose]() {
      await connection?.close();
      await peer[Symbol.asyncDispose]();
    },
  };
}
