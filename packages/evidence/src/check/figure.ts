import type { Span } from "./sentences.js";

/** What a number counts: a share, money, a length of time, what has a unit of its own, or anything else. */
export type Quantity = "percent" | "money" | "time" | "measure" | "plain";

/** A number in a text, with its unit turned into one scale: percent, the currency's unit, seconds, metres, kilograms and so on, or 1. */
export interface Figure extends Span {
  text: string;
  value: number;
  quantity: Quantity;
  /** Of money its currency, of a measure what is measured: "usd", "length". */
  unit?: string;
  /** As written, before its unit: 6 for "six minutes", 4.6 for "4.6%". */
  numeral: number;
  /** "Two thirds", "one in five": in percent, and never meant to the last digit. */
  isFraction?: boolean;
  /** "A day later": says when something was, and no other length of time is against it. */
  isOffset?: boolean;
  /** Alone in a cell of a table, whose head has the unit. */
  isCell?: boolean;
  /** The smallest step the way of writing can express, in the scale of `value`: 0.1 for "4.6%", 1e8 for "1.3 billion". */
  step: number;
  /** "about", "more than", "less than". */
  bound: "exact" | "about" | "over" | "under";
}

/** What the words before a number, or behind it, say of how exact it is. */
export function boundOf(before: string, after = ""): Figure["bound"] {
  if (/^\s(?:\p{L}+\s)?(?:or|and) (?:more|over|above|upwards)\b/iu.test(after)) return "over";
  if (/^\s(?:\p{L}+\s)?(?:or|and) (?:less|fewer|under|below)\b/iu.test(after)) return "under";
  const tail = before.toLowerCase().replace(/\s+$/, "");
  if (
    /(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|circa|ca\.|close to|just over|just under|~|≈)$/.test(
      tail,
    )
  )
    return "about";
  if (/(?:more than|over|above|at least|exceeding|exceeded|exceeds|upwards of|>)$/.test(tail)) return "over";
  if (/(?:less than|under|below|fewer than|up to|not quite|short of|shy of|better part of|>?<)$/.test(tail))
    return "under";
  return "exact";
}
