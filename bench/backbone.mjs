// What the backbone costs beside what else there is, in one run: the contenders take turns, because a machine is never quiet. Takes a
// few minutes; progress goes to stderr.

import { checkpointRows } from "./backbone/checkpoints.mjs";
import { clusterRows } from "./backbone/cluster.mjs";
import { fileRows } from "./backbone/files.mjs";
import { loadRows } from "./backbone/load.mjs";
import { secretRows } from "./backbone/secrets.mjs";
import { syncRows } from "./backbone/sync.mjs";

const parts = {
  checkpoints: checkpointRows,
  cluster: clusterRows,
  files: fileRows,
  load: loadRows,
  secrets: secretRows,
  sync: syncRows,
};

/** Measures, and returns a row for each figure. `only` names the parts to run, all by default. */
export async function rows(only = Object.keys(parts)) {
  const rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`backbone: ${name}`);
    rows.push(...(await measure()));
  }
  return rows;
}

rows.parts = Object.keys(parts);
