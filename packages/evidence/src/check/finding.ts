import type { Check } from "./verification.js";

/** One thing a claim says and whether the source says it. `contradicts`: the source says something else in its place. */
export interface Finding {
  kind: Check["kind"];
  what: string;
  passed: boolean;
  contradicts: boolean;
  detail: string;
}

export function passed(kind: Finding["kind"], what: string): Finding {
  return { kind, what, passed: true, contradicts: false, detail: `The source has ${shorten(what)}.` };
}

export function failed(kind: Finding["kind"], what: string, contradicts: boolean, detail: string): Finding {
  return { kind, what, passed: false, contradicts, detail };
}

/** One line, at most 160 characters. */
export function shorten(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 160 ? `${flat.slice(0, 157)}…` : flat;
}
