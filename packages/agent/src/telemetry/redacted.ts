/**
 * A value as JSON would hold it, each text in it, names of fields too, passed through `redact`. What has no end (a value that holds itself)
 * and bytes are replaced by a word.
 */
export function redacted<T>(value: T, redact: (text: string) => string): T {
  // Of the shape that it had, as far as JSON has it.
  return walk(value, redact, new Set()) as T;
}

function walk(value: unknown, redact: (text: string) => string, above: Set<object>): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value)) return "[circular]";
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return redact(`${value.name}: ${value.message}`);
  above.add(value);
  try {
    if ("toJSON" in value && typeof value.toJSON === "function") return walk(value.toJSON(), redact, above);
    if (Array.isArray(value)) return value.map((one) => walk(one, redact, above));
    if (value instanceof Map || value instanceof Set) return [...value].map((one) => walk(one, redact, above));
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [redact(name), walk(inner, redact, above)]));
  } finally {
    above.delete(value);
  }
}
