// What microVMs cost and how fast they answer, on this machine and its kind of isolation. Takes some twenty minutes; progress goes to
// stderr. The baselines beside the figures are measured in the same run.

import { cycleRows } from "./vm/cycles.mjs";
import { densityRows } from "./vm/density.mjs";
import { openBench } from "./vm/home.mjs";
import { latencyRows } from "./vm/latency.mjs";
import { memoryRows } from "./vm/memory.mjs";
import { restRows } from "./vm/rest.mjs";
import { throughputRows } from "./vm/throughput.mjs";

const parts = {
  latency: latencyRows,
  throughput: throughputRows,
  rest: restRows,
  memory: memoryRows,
  cycles: cycleRows,
  density: densityRows,
};

/** Measures, and returns a row for each figure. `only` names the parts to run, all by default. */
export async function rows(only = Object.keys(parts)) {
  const rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`vm: ${name}`);
    const bench = await openBench();
    try {
      rows.push(...(await measure(bench)));
    } finally {
      await bench.close();
    }
  }
  return rows;
}

rows.parts = Object.keys(parts);
