// What the knowledge base costs, and what its scores are worth. Takes some minutes; progress goes to stderr.

import { exportRows } from "./choir/exports.mjs";
import { graphRows } from "./choir/graph.mjs";
import { importRows } from "./choir/import.mjs";
import { ledgerRows } from "./choir/ledger.mjs";
import { newsRows } from "./choir/news.mjs";
import { noveltyRows } from "./choir/novelty.mjs";
import { searchRows } from "./choir/search.mjs";

const parts = {
  exports: exportRows,
  graph: graphRows,
  import: importRows,
  ledger: ledgerRows,
  news: newsRows,
  novelty: noveltyRows,
  search: searchRows,
};

/** Measures, and returns a row for each figure. `only` names the parts to run, all by default. */
export async function rows(only = Object.keys(parts)) {
  const rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`choir: ${name}`);
    rows.push(...(await measure()));
  }
  return rows;
}

rows.parts = Object.keys(parts);
