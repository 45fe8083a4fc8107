import type { DoorName } from "../client/door.js";
import type { RefusalCode } from "./refusal.js";

/** One thing that a VM's program asked of the gateway, and what became of it. No query, header or body is ever in it. */
export interface AuditRecord {
  /** When it began, ISO 8601. */
  time: string;
  vm: string;
  door: DoorName;
  /** `refused`: nothing was passed on. `failed`: the other side failed, or it was allowed and had to be broken off. */
  outcome: "allowed" | "refused" | "failed";
  reason?: RefusalCode | "connection_lost";
  /** As the program gave it, or `CONNECT` for a tunnel. */
  method?: string;
  host?: string;
  port?: number;
  /** The upstream whose credential was added, or the tool that was called. */
  name?: string;
  /** Of the server's or the tool's answer. */
  status?: number;
  /** From the VM. */
  bytesUp: number;
  /** To the VM. */
  bytesDown: number;
  durationMs: number;
}

/** Takes audit records; must not throw. */
export type Audit = (record: AuditRecord) => void;

const longest = 255;

/** A value of a VM's choice as it may stand in a log: printable ASCII, bounded. */
export function auditText(value: string): string {
  return value.slice(0, longest).replaceAll(/[^\x20-\x7e]/g, "?");
}
