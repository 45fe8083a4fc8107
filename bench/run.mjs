#!/usr/bin/env node
// npm run bench -- <area> [part...] [--json]: runs bench/<area>.mjs, whose `rows()` measures. Exit code 1 if a bar does not hold.
import { readdirSync } from "node:fs";

const here = new URL(".", import.meta.url);
const areas = readdirSync(here)
  .filter((name) => name.endsWith(".mjs") && !["run.mjs", "measure.mjs"].includes(name))
  .map((name) => name.slice(0, -4));
const [area, ...words] = process.argv.slice(2);
const isJson = words.includes("--json");
const only = words.filter((word) => word !== "--json");

if (!areas.includes(area)) usage(`<${areas.join("|")}> [part...] [--json]`);
const { rows: measure } = await import(new URL(`${area}.mjs`, here).href);
const parts = measure.parts ?? [];
if (only.some((part) => !parts.includes(part))) usage(`${area} [${parts.join("|")}...] [--json]`);
const rows = await measure(only.length > 0 ? only : undefined);
if (isJson) console.log(JSON.stringify(rows));
else for (const row of rows) console.log(line(row));
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;

function usage(rest) {
  console.error(`Usage: npm run bench -- ${rest}`);
  process.exit(2);
}

function line({ name, value, unit, bar, sense, holds, against }) {
  const baseline = against === undefined ? "" : `   against ${against.name}: ${against.value} ${unit}`;
  const verdict = bar === null ? "" : `   bar ${sense} ${bar} ${unit}: ${holds ? "holds" : "MISSED"}`;
  return `${name.padEnd(32)} ${String(value).padStart(10)} ${unit.padEnd(8)}${verdict}${baseline}`;
}
