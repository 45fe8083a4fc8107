import { type DateMention, datesOf } from "../../check/dates.js";
import { figuresOf } from "../../check/numbers.js";
import type { Edit } from "../edits.js";
import type { Guide } from "../guide.js";
import { editsIn, type ParsedDraft, replacing } from "../prose.js";

/** Numbers that name something: to group their digits would give them another name. */
const NAMED =
  /(?:\b(?:blocks?|id|ids|port|issues?|pull|request|pr|pages?|p|pp|line|lines|eip|erc|rfc|iso|no|nos|nr|number|chain|slot|epoch|version|commit|case|article|section|year)\.?|#)\s*(?:id\s*)?$/i;

/** Whole numbers of five digits and more, in groups of three. */
export function grouping({ blocks }: ParsedDraft, { numbers }: Pick<Guide, "numbers">): Edit[] {
  if (numbers === "keep") return [];
  return blocks.flatMap((block) => {
    const edits = figuresOf(block.text, datesOf(block.text)).flatMap(({ start, end }) => {
      const found = /(?<![\d.,])[1-9]\d{4,14}(?![\d,])/.exec(block.text.slice(start, end));
      if (found === null || NAMED.test(block.text.slice(0, start))) return [];
      const from = start + found.index;
      const text = found[0].replace(/\B(?=(?:\d{3})+$)/g, ",");
      return [{ start: from, end: from + found[0].length, text }];
    });
    return editsIn(block, edits);
  });
}

/** Units that are written with a space before them, and mean nothing else. */
const UNITS =
  "km|cm|mm|kg|mg|[kKMGT]i?B|[kMG]?Hz|[kMGT]Wh?|ms|µs|ns|[gG]wei|wei|ETH|BTC|DAI|USDC|USDT|USD|EUR|GBP|CHIP|°C";

export function units({ blocks }: ParsedDraft, guide: Pick<Guide, "percent" | "units">): Edit[] {
  return blocks.flatMap((block) => [
    ...(guide.percent === "keep"
      ? []
      : replacing(block, /(?<=\d)[ \u00A0]*(?=%)%/g, () => (guide.percent === "closed" ? "%" : "\u00A0%"))),
    ...(guide.units === "keep"
      ? []
      : replacing(
          block,
          new RegExp(`(?<=(?<![\\p{L}\\d.,_])(?:\\d[\\d,]*)(?:\\.\\d+)?)(?:${UNITS})(?![\\p{L}\\d])`, "gu"),
          ([unit]) => ` ${unit}`,
        )),
  ]);
}

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** Dates of a day, a month and a year, in the guide's way; any other is said as exactly as it was. */
export function dates({ blocks }: ParsedDraft, guide: Pick<Guide, "dates">): Edit[] {
  if (guide.dates === "keep") return [];
  return blocks.flatMap((block) => {
    const edits = datesOf(block.text).flatMap((date) => {
      const text = written(date, guide.dates);
      // A day with its time is a machine's way of writing.
      const hasTime = /^T\d/.test(block.text.slice(date.end));
      return text === undefined || hasTime ? [] : [{ start: date.start, end: date.end, text }];
    });
    return editsIn(block, edits);
  });
}

function written({ year, month, day }: DateMention, form: Guide["dates"]): string | undefined {
  const name = MONTHS[(month ?? 0) - 1];
  if (year === undefined || month === undefined || day === undefined || name === undefined) return undefined;
  if (form === "day-month-year") return `${day} ${name} ${year}`;
  if (form === "month-day-year") return `${name} ${day}, ${year}`;
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
