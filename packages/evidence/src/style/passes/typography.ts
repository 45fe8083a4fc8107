import type { Edit } from "../edits.js";
import type { Guide } from "../guide.js";
import { editsIn, type ParsedDraft, pairs, replacing } from "../prose.js";

/** Quotation marks around what is quoted, and apostrophes; what stands between the marks stays. */
export function quotationMarks({ blocks }: ParsedDraft, { quotes }: Pick<Guide, "quotes">): Edit[] {
  if (quotes === "keep") return [];
  return blocks.flatMap((block) => {
    if (quotes === "straight") {
      return [...replacing(block, /[“”]/g, () => '"'), ...replacing(block, /(?<=\p{L})’(?=\p{L})/gu, () => "'")];
    }
    const marks = [...block.text.matchAll(/"/g)].map((match) => match.index);
    const curly = pairs(marks).flatMap(([open, close]) => [
      { start: open, end: open + 1, text: "“" },
      { start: close, end: close + 1, text: "”" },
    ]);
    return [...editsIn(block, curly), ...replacing(block, /(?<=\p{L})'(?=\p{L})/gu, () => "’")];
  });
}

/** Dashes between words in the guide's way; between the numbers of a range an en dash. */
export function dashes({ blocks }: ParsedDraft, guide: Pick<Guide, "dashes">): Edit[] {
  if (guide.dashes === "keep") return [];
  const dash = guide.dashes === "em" ? "—" : " – ";
  return blocks.flatMap((block) => [
    // Spaces of a table's cell, or of a line's beginning, are none of the dash's.
    ...replacing(block, /(?<=[\p{L}\d%)\]”"’])(?: +(?:--?|–|—) +|(?:--|—))(?=[\p{L}“"(])/gu, () => dash),
    ...replacing(
      block,
      /(?<![\p{L}\d.,/$€£-])\d{1,3}(?:\.\d+)?-\d{1,4}(?:\.\d+)?(?=%|(?![\p{L}\d/-]|[.,]\d))/gu,
      ([range]) => range.replace("-", "–"),
    ),
  ]);
}
