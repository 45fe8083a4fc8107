#!/usr/bin/env node
// Fits src/attribution/fitted.ts again: node packages/evidence/fit/fit.mjs FILE.jsonl... (after npx tsc -b).
// Each file is one data set of rows {claim, reference, label: "attributable" | "not attributable"}, as `vibewriter verify --eval`
// takes them. Prints macro-F1 of each set by weights that were fitted on the others alone; --write keeps those of all.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { featuresOfText } from "../dist/attribution/attribution.js";
import { FEATURES } from "../dist/attribution/features.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
if (positionals.length < 2) throw new Error("Name two data sets or more, one JSONL file each.");
const sets = positionals.map((file) => {
  const rows = readFileSync(file, "utf8").trim().split("\n").map(JSON.parse);
  const x = rows.map((row) => {
    const features = featuresOfText(row.claim, row.reference);
    return FEATURES.map((name) => features?.[name] ?? 0);
  });
  return { name: basename(file, ".jsonl"), x, y: rows.map((row) => (row.label === "attributable" ? 1 : 0)) };
});
for (const set of sets) {
  const weights = fit(sets.filter((other) => other !== set));
  console.log(set.name.padEnd(28), macroF1(weights, set).toFixed(3), "fitted on the others");
}
const weights = fit(sets);
for (const set of sets) console.log(set.name.padEnd(28), macroF1(weights, set).toFixed(3), "fitted on all");
const named = Object.fromEntries(["intercept", ...FEATURES].map((name, i) => [name, Number(weights[i].toFixed(4))]));
console.log(named);
if (values.write) write(named);

/** Logistic regression, by Newton's method; a set counts by the root of its size, and both labels of a set alike. */
function fit(from) {
  const rows = from.flatMap(({ x, y }) => {
    const positive = y.filter((label) => label === 1).length;
    return x.map((values, i) => ({
      values,
      label: y[i],
      weight: Math.sqrt(y.length) / (2 * (y[i] === 1 ? positive : y.length - positive)),
    }));
  });
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  const mean = FEATURES.map((_, f) => rows.reduce((sum, row) => sum + row.weight * row.values[f], 0) / total);
  const spread = FEATURES.map((_, f) =>
    Math.max(1e-6, Math.sqrt(rows.reduce((sum, row) => sum + row.weight * (row.values[f] - mean[f]) ** 2, 0) / total)),
  );
  const scaled = rows.map((row) => ({
    ...row,
    values: [1, ...row.values.map((value, f) => (value - mean[f]) / spread[f])],
    weight: (row.weight / total) * rows.length,
  }));
  const size = FEATURES.length + 1;
  const penalty = 10;
  let w = new Array(size).fill(0);
  for (let step = 0; step < 25; step++) {
    const gradient = w.map((value, i) => (i === 0 ? 0 : -penalty * value));
    const hessian = w.map((_, i) => w.map((__, j) => (i === j ? (i === 0 ? 1e-9 : penalty) : 0)));
    for (const { values, label, weight } of scaled) {
      const p = 1 / (1 + Math.exp(-dot(w, values)));
      for (let i = 0; i < size; i++) {
        gradient[i] += weight * (label - p) * values[i];
        for (let j = 0; j < size; j++) hessian[i][j] += weight * p * (1 - p) * values[i] * values[j];
      }
    }
    const change = solve(hessian, gradient);
    w = w.map((value, i) => value + change[i]);
  }
  const slopes = w.slice(1).map((value, f) => value / spread[f]);
  return [w[0] - dot(slopes, mean), ...slopes];
}

function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** Gaussian elimination. */
function solve(matrix, vector) {
  const m = matrix.map((row, i) => [...row, vector[i]]);
  for (let i = 0; i < m.length; i++) {
    const pivot = m.findIndex(
      (row, r) => r >= i && Math.abs(row[i]) === Math.max(...m.slice(i).map((each) => Math.abs(each[i]))),
    );
    [m[i], m[pivot]] = [m[pivot], m[i]];
    for (let r = 0; r < m.length; r++) {
      if (r === i) continue;
      const factor = m[r][i] / m[i][i];
      for (let c = i; c <= m.length; c++) m[r][c] -= factor * m[i][c];
    }
  }
  return m.map((row, i) => row[m.length] / row[i]);
}

function macroF1(weights, { x, y }) {
  const said = x.map((values) => (dot(weights, [1, ...values]) >= 0 ? 1 : 0));
  const f1 = (label) => {
    const hits = said.filter((each, i) => each === label && y[i] === label).length;
    const of = said.filter((each) => each === label).length + y.filter((each) => each === label).length;
    return of === 0 ? 0 : (2 * hits) / of;
  };
  return (f1(0) + f1(1)) / 2;
}

function write(weights) {
  const lines = Object.entries(weights).map(([name, value]) => `  ${name}: ${value},\n`);
  const text = `/**
 * What each measure of features.ts adds to the logarithm of the odds. Written by packages/evidence/fit/fit.mjs from labelled
 * rows (docs/verdicts.md says which): do not edit, fit again.
 */
export const WEIGHTS = {
${lines.join("")}};
`;
  writeFileSync(join(import.meta.dirname, "../src/attribution/fitted.ts"), text);
}
