import { DEFAULT_ECONOMY, type Economy } from "../../src/ledger/config.js";
import type { Cited, Published, Retracted } from "../../src/ledger/facts.js";
import { parseAmount } from "../../src/ledger/money.js";
import { Rules } from "../../src/ledger/rules.js";

export const BEGIN = Date.UTC(2026, 0, 1);
export const DAY = 86_400_000;

/** Something that can be an author's key. */
export const keyOf = (name: string) => name.padEnd(43, "A").slice(0, 43);
export const idOf = (n: number) => n.toString(16).padStart(24, "0");
export const at = (ms: number) => new Date(ms).toISOString();
export const chip = (text: string) => parseAmount(text, "CHIP");
export const usdc = (text: string) => parseAmount(text, "USDC");

export function published(
  seq: number,
  o: { n: number; author: string; score: number; time: number; mode?: "lexical" },
) {
  const { n, author, score, time, mode = "semantic" } = o;
  const novelty = { score, mode, model: "test", formula: "test" } as const;
  const fact: Published = {
    type: "published",
    seq,
    at: at(time),
    article: idOf(n),
    version: idOf(n).padStart(64, "0"),
    author: keyOf(author),
    novelty,
  };
  return fact;
}

export function cited(seq: number, citing: number, to: number, time: number): Cited {
  return { type: "cited", seq, at: at(time), citing: idOf(citing), cited: idOf(to) };
}

export function retracted(seq: number, n: number, time: number): Retracted {
  return { type: "retracted", seq, at: at(time), article: idOf(n) };
}

export function begun(economy: Economy = DEFAULT_ECONOMY): Rules {
  const rules = new Rules(economy);
  rules.begin(BEGIN);
  return rules;
}
