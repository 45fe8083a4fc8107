import type { LogEntry } from "@vibewriter/server";
import { plain } from "../escape.js";
import type { Colors } from "../terminal.js";

/** An entry of the log in a line: when, how grave, what, and what it was about. */
export function logLine(entry: LogEntry, colors: Colors): string {
  const { time, level, event } = entry;
  const about = Object.entries(details(entry)).map(([name, value]) => `${plain(name)}=${valueText(value)}`);
  const paint = { debug: colors.dim, info: colors.cyan, warn: colors.yellow, error: colors.red }[level];
  return [plain(time), paint(level.padEnd(5)), plain(event), ...about].join(" ");
}

/** What an entry says besides: what a part of the server told in its own fields among it. */
export function details({ time: _, level: __, event: ___, fields, ...rest }: LogEntry): Record<string, unknown> {
  return { ...rest, ...inner(fields) };
}

function inner(fields: unknown): Record<string, unknown> {
  if (fields === undefined) return {};
  try {
    const value: unknown = JSON.parse(String(fields));
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Cut by the redaction of a secret, for instance: it is shown as it is.
  }
  return { fields };
}

/** Bare where that can be read as one word, else quoted. */
function valueText(value: unknown): string {
  const text = plain(typeof value === "string" ? value : JSON.stringify(value));
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
