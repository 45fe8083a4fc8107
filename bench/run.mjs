#!/usr/bin/env node
// npm run bench -- <area> [--json]: runs bench/<area>.mjs, whose `rows()` measures. Exit code 1 if a bar does not hold.
import { readdirSync } from "node:fs";

const here = new URL(".", import.meta.url);
const areas = readdirSync(here)
  .filter((name) => name.endsWith(".mjs") && name !== "run.mjs")
  .map((name) => name.slice(0, -4));
const [area, ...flags] = process.argv.slice(2);

if (!areas.includes(area) || flags.some((flag) => flag !== "--json")) {
  console.error(`Usage: npm run bench -- <${areas.join("|")}> [--json]`);
  process.exit(2);
}

const { rows: measure } = await import(new URL(`${area}.mjs`, here).href);
const rows = await measure();
if (flags.includes("--json")) console.log(JSON.stringify(rows));
else for (const row of rows) console.log(line(row));
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;

function line({ name, value, unit, bar, holds, against }) {
  const baseline = against === undefined ? "" : `   against ${against.name}: ${against.value} ${unit}`;
  const verdict = bar === null ? "" : `   bar ${bar} ${unit}: ${holds ? "holds" : "MISSED"}`;
  return `${name.padEnd(32)} ${String(value).padStart(10)} ${unit.padEnd(8)}${verdict}${baseline}`;
}
