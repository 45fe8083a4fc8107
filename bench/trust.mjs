// What it costs that an agent can be trusted: what stands around each of its tool calls. Takes a few seconds.

import { auditRows } from "./trust/audit.mjs";
import { doorRows } from "./trust/door.mjs";

const parts = { door: doorRows, audit: auditRows };

/** Measures, and returns a row for each figure. `only` names the parts to run, all by default. */
export async function rows(only = Object.keys(parts)) {
  const rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`trust: ${name}`);
    rows.push(...(await measure()));
  }
  return rows;
}

rows.parts = Object.keys(parts);
