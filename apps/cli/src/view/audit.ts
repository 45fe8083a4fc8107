import type { AuditedEntry } from "@vibewriter/server";
import { plain } from "../escape.js";
import type { Colors } from "../terminal.js";

/** What of an entry stands in its line, the first ones first; the rest is in `--json`. */
const SHOWN = [
  "event",
  "outcome",
  "tool",
  "what",
  "operation",
  "model",
  "path",
  "method",
  "host",
  "status",
  "reason",
  "code",
  "why",
  "by",
  "from",
  "args",
  "question",
  "message",
] as const;
const LONGEST = 160;

/** That entries cannot be read in this home, and where they can. @param hosts where they were written, if that is known */
export function closedText(entries: number, hosts: Iterable<string> = []): string {
  const names = [...hosts].map((host) => plain(host)).join(", ");
  const where = names === "" ? "on the host that has written them" : `on ${names}`;
  return `${entriesText(entries)} of the audit cannot be read here: the key is ${where}, or was destroyed; look there.`;
}

export function entriesText(n: number): string {
  return n === 1 ? "1 entry" : `${n} entries`;
}

/** One entry of the audit in a line. */
export function auditLine({ agent, entry }: AuditedEntry, colors: Colors): string {
  const said = SHOWN.flatMap((name) => {
    const value = entry[name];
    return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
  }).join(" ");
  const line = plain([entry.run ?? agent, said].join(" "));
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
  return `${colors.dim(plain(entry.at.slice(0, 19)))}  ${plain(entry.kind ?? "").padEnd(8)}  ${cut}`;
}
