// What the check of citations costs, and what reading does where documents are read, in the reader VM. Some minutes; progress goes to stderr.

import { checkRows } from "./evidence/check.mjs";
import { readerRows } from "./evidence/reader.mjs";

const parts = { check: checkRows, reader: readerRows };

/** Measures, and returns a row for each figure. `only` names the parts to run, all by default. */
export async function rows(only = Object.keys(parts)) {
  const rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`evidence: ${name}`);
    rows.push(...(await measure()));
  }
  return rows;
}

rows.parts = Object.keys(parts);
