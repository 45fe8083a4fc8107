import type { Hedge } from "./hedge.js";

const ABOUT =
  "about|around|roughly|approximately|some|nearly|almost|up to|at least|at most|more than|over|less than|under|fewer than|no more than|no fewer than|an estimated|as much as|as many as";
const NUMBER = "[$€£¥]?\\d[\\d.,]*\\d|[$€£¥]?\\d";
const AMOUNT = new RegExp(`\\b(${ABOUT}) (${NUMBER})(?![\\d-])`, "gi");
const YEAR = /^(?:1[5-9]|20)\d\d$/;

/** "500" as "about 500", "exactly 500" as "up to 500". */
export const asAmount: Hedge = (raw, { text }) => {
  let hedged = raw;
  for (const [, about = "", number = ""] of text.matchAll(AMOUNT)) {
    if (YEAR.test(number)) continue;
    const stated = new RegExp(
      `(?<![\\p{L}\\d$€£¥.,-])(?:(?:${ABOUT}|exactly|precisely|a total of) )?${escaped(number)}(?![\\d-]|[.,]\\d)`,
      "giu",
    );
    if ([...hedged.matchAll(stated)].length === 1) {
      hedged = hedged.replace(stated, (_, at: number) => inCase(`${about.toLowerCase()} ${number}`, at));
    }
  }
  return hedged === raw ? undefined : hedged;
};

const QUANTITY =
  /\b(most|many|some|several|a few|few|half|a majority|a minority)( of(?: the| its| their)?)? (?:\p{Ll}+ )?(\p{Ll}{2,}s)\b/giu;

/** "All lenders" as "most lenders", and so is what opens with "Lenders" alone. */
export const asQuantity: Hedge = (raw, { text }) => {
  for (const [, quantity = "", of = "", noun = ""] of text.matchAll(QUANTITY)) {
    const weak = `${quantity}${of}`.toLowerCase();
    const stated = new RegExp(`\\ball (?:of )?(?:(?:the|its|their) )?((?:\\p{Ll}+ )?${noun})\\b`, "iu");
    const named = stated.exec(raw)?.[1];
    if (named !== undefined) return raw.replace(stated, (_, __, at: number) => inCase(`${weak} ${named}`, at));
    const opening = new RegExp(`^${noun}\\b`, "i").exec(raw)?.[0];
    if (opening !== undefined) return `${inCase(weak, 0)} ${opening.toLowerCase()}${raw.slice(opening.length)}`;
  }
  return undefined;
};

/** A sentence opens with a capital. */
function inCase(text: string, at: number): string {
  return at === 0 ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
}

function escaped(text: string): string {
  return text.replace(/[$.]/g, "\\$&");
}
