import { NEAR, OPPOSITE, SAME } from "./wordnet.js";

/** How two words that are not the same stand to each other, by their keys (`Word.key`). */
export type Relation = "same" | "near" | "opposite";

/** The keys that stand in a relation to one key; none for most words. */
export function relatedTo(key: string, relation: Relation): readonly string[] {
  return tableOf(relation).get(key) ?? NONE;
}

/** Whether some keys have one key, or one that means the same. */
export function holds(keys: ReadonlySet<string>, key: string): boolean {
  return keys.has(key) || relatedTo(key, "same").some((other) => keys.has(other));
}

const NONE: readonly string[] = [];
const TEXTS: Record<Relation, string> = { same: SAME, near: NEAR, opposite: OPPOSITE };
const TABLES = new Map<Relation, Map<string, string[]>>();

/** Read when it is first asked for: a run that checks nothing needs none of it. */
function tableOf(relation: Relation): Map<string, string[]> {
  let table = TABLES.get(relation);
  if (!table) {
    table = new Map();
    for (const line of TEXTS[relation].split("\n")) {
      const [key = "", ...others] = line.split(" ");
      for (const other of others) {
        add(table, key, other);
        add(table, other, key);
      }
    }
    TABLES.set(relation, table);
  }
  return table;
}

function add(table: Map<string, string[]>, key: string, other: string): void {
  const list = table.get(key);
  if (list) list.push(other);
  else table.set(key, [other]);
}
