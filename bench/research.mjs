// How a run of research goes by the clock: five researchers side by side, in a VM, with a model that takes its time. Takes one to two minutes.

import { parallelRows } from "./research/parallel.mjs";

const parts = { parallel: parallelRows };

/** Measures, and returns a row for each figure. `only` names the parts to run, all by default. */
export async function rows(only = Object.keys(parts)) {
  const rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`research: ${name}`);
    rows.push(...(await measure()));
  }
  return rows;
}

rows.parts = Object.keys(parts);
