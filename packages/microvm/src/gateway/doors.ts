import type { Duplex } from "node:stream";
import type { DoorName } from "../client/door.js";

/** A connection of a program in the VM, with the token that the guest agent put in front of it. */
export type DoorStream = Duplex & { readonly token: string };

/** What the gateway needs of the connection to a guest; see "Doors" in docs/protocol.md. */
export interface DoorConnection {
  /** Waits for a program to connect to a door. Throws MicroVMError. */
  accept(door: DoorName, signal: AbortSignal): Promise<DoorStream>;
  call(request: { op: "grant"; args: { token: string }; maxData: number; deadlineMs: number }): Promise<unknown>;
}
