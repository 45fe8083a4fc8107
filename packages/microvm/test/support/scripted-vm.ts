import { Connection } from "../../src/client/connection.js";
import { Guest } from "../../src/vm/guest.js";
import { Use } from "../../src/vm/use.js";
import { type Script, scriptedGuest } from "./scripted-guest.js";

/** Calls into a scripted guest, connected to anew whenever the connection is lost, as a VM's keeper does. */
export async function scriptedVm(script: Script, o: { hasDisk?: boolean; onSecret?: () => Promise<void> } = {}) {
  const peer = await scriptedGuest(script);
  let connection: Connection | undefined;
  let life = 1;
  const session = async () => {
    if (connection?.isOpen !== true) connection = await Connection.open(peer.path, { deadlineMs: 2_000, fresh: true });
    return { connection, epoch: life, life };
  };
  const use = new Use();
  return {
    guest: new Guest({
      session,
      untilAwake: async () => 0,
      use,
      holdSecret: async () => {
        await o.onSecret?.();
        return use.holdSecret();
      },
      manifest: { id: "scripted", diskMiB: o.hasDisk === false ? undefined : 64 },
    }),
    connections: peer.connections,
    current: () => connection,
    /** From now on it is another life: the VM was lost. */
    restart: () => {
      life += 1;
    },
    async [Symbol.asyncDispose]() {
      await connection?.close();
      await peer[Symbol.asyncDispose]();
    },
  };
}
