import type { DoorName } from "../client/door.js";
import { TokenBucket } from "./bucket.js";
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
  /** Requests before this one that have no record: a flood of what was refused before it was read or counted. */
  unrecorded?: number;
}

/** Takes audit records; must not throw. */
export type Audit = (record: AuditRecord) => void;

/** Refusals that cost a program nothing of its requests a minute, and of which it can therefore make as many as it likes. */
const free: readonly AuditRecord["reason"][] = [
  "bad_request",
  "bad_token",
  "connection_lost",
  "headers_too_large",
  "slow_request",
  "too_many_requests",
];
const freePerMinute = 60;

/** An audit of one VM that it cannot flood: of what is free to it a number a minute is recorded, and the rest counted. */
export function boundedAudit(audit: Audit): Audit {
  const room = new TokenBucket({ perSecond: freePerMinute / 60, burst: freePerMinute });
  let unrecorded = 0;
  return (record) => {
    if (record.outcome !== "allowed" && free.includes(record.reason) && !room.tryTake()) {
      unrecorded++;
      return;
    }
    audit(unrecorded === 0 ? record : { ...record, unrecorded });
    unrecorded = 0;
  };
}

const longest = 255;

/** A value of a VM's choice as it may stand in a log: printable ASCII, bounded. */
export function auditText(value: string): string {
  return value.slice(0, longest).replaceAll(/[^\x20-\x7e]/g, "?");
}
