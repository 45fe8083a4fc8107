import { rowText } from "../text/table.js";
import { regionsOf } from "./columns.js";
import { joinLine } from "./hyphens.js";
import { type Line, textOfLine } from "./lines.js";
import { tableAt } from "./tables.js";

/** Distance of baselines in heights of the letters; lines of one paragraph are nearer, even with a spacing of one and a half. */
const PARAGRAPH_GAP = 1.8;
/** A first line is indented by one to four letters; what stands further to the right is a column, a formula or centred. */
const INDENT = { least: 0.8, most: 4.5 };
/** Letters of another size are a heading or a note. */
const OTHER_SIZE = 1.15;

/** The text of a page: its regions in reading order, tables as rows, lines joined to paragraphs. */
export function textOfPage(lines: readonly Line[]): string {
  const blocks: string[] = [];
  for (const region of regionsOf(lines)) {
    const text = textOfRegion(region);
    const last = blocks.at(-1);
    // A sentence goes on in the next column.
    if (last !== undefined && goesOn(last, text)) blocks[blocks.length - 1] = joinLine(last, text);
    else if (text !== "") blocks.push(text);
  }
  return blocks.join("\n\n");
}

/** Whether a text ends within a sentence, and the next one begins within one. Rows of tables have no sentences. */
export function goesOn(before: string, next: string): boolean {
  return /[\p{Ll},;\u00ad‐-]$/u.test(before) && /^\p{Ll}/u.test(next);
}

function textOfRegion(lines: readonly Line[]): string {
  const blocks: string[] = [];
  const left = Math.min(...lines.map((line) => line.segments[0]?.x ?? 0));
  let previous: Line | undefined;
  for (let i = 0; i < lines.length; ) {
    const table = tableAt(lines, i);
    if (table) {
      blocks.push(table.rows.map(rowText).join("\n"));
      i += table.rows.length;
      previous = undefined;
      continue;
    }
    const line = lines[i++];
    if (!line) break;
    const text = textOfLine(line);
    const last = blocks.at(-1);
    if (last === undefined || previous === undefined || isBreak(previous, line, left)) blocks.push(text);
    else blocks[blocks.length - 1] = joinLine(last, text);
    previous = line;
  }
  return blocks.join("\n\n");
}

function isBreak(above: Line, line: Line, left: number): boolean {
  const height = Math.max(above.height, line.height, 1);
  if (line.y - above.y > PARAGRAPH_GAP * height) return true;
  if (height > OTHER_SIZE * Math.min(above.height, line.height)) return true;
  if (/^(?:[•▪●◦‣–]|\(?\d{1,2}[.)]|\([a-z]\))\s/u.test(line.segments[0]?.text ?? "")) return true;
  const indent = ((line.segments[0]?.x ?? left) - left) / height;
  const indentAbove = ((above.segments[0]?.x ?? left) - left) / height;
  return indent > INDENT.least && indent < INDENT.most && indentAbove < 0.3;
}
