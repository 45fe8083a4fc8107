import { changedByFormat, type FactChange } from "./compare.js";
import { type Edit, edited } from "./edits.js";
import type { Guide } from "./guide.js";
import { dates, grouping, units } from "./passes/numbers.js";
import { headingCase, levels, listMarks, tables } from "./passes/structure.js";
import { dashes, quotationMarks } from "./passes/typography.js";
import { type ParsedDraft, parseProse } from "./prose.js";

/** What a guide has done to a draft. */
export interface Styled {
  text: string;
  passes: { name: string; edits: number }[];
  /** Passes that would have changed what is said, and were undone. */
  undone: { name: string; changes: FactChange[] }[];
}

const PASSES: readonly [string, (parsed: ParsedDraft, guide: Guide) => Edit[]][] = [
  ["levels of headings", levels],
  ["capitals of headings", headingCase],
  ["marks of lists", listMarks],
  ["dates", dates],
  ["digits in groups", grouping],
  ["units", units],
  ["dashes", dashes],
  ["quotation marks", quotationMarks],
  ["tables", tables],
];

/**
 * Formats a draft as a guide says, pass by pass. Code, quotations, citations and addresses stay as they are. After each pass the draft is
 * compared with what it was: a pass that has changed anything that is said is undone.
 */
export function applyGuide(draft: string, guide: Guide): Styled {
  const styled: Styled = { text: draft, passes: [], undone: [] };
  for (const [name, pass] of PASSES) {
    const edits = pass(parseProse(styled.text), guide);
    if (edits.length === 0) continue;
    const text = edited(styled.text, edits);
    const changes = changedByFormat(styled.text, text);
    if (changes.length > 0) styled.undone.push({ name, changes });
    else {
      styled.text = text;
      styled.passes.push({ name, edits: edits.length });
    }
  }
  return styled;
}
