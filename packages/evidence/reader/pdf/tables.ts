import { cellText } from "../text/table.js";
import type { Line, Segment } from "./lines.js";

/** Distance of baselines in heights of the letters; rows of one table are nearer. */
const ROW_GAP = 3.2;
/** In heights of the letters. */
const COLUMN_GAP = 1.2;
/** Of the rows, this share has cells in at least two columns. */
const MIN_SHARE = 0.6;

interface Column {
  x: number;
  end: number;
}

/** The table that begins at a line: at least two lines with gaps at the same places. undefined if there is none. */
export function tableAt(lines: readonly Line[], from: number): { rows: string[][] } | undefined {
  let to = from;
  while (to < lines.length && isRow(lines[to]) && isNear(lines[to - 1], lines[to], to > from)) to++;
  for (; to - from >= 2; to--) {
    const group = lines.slice(from, to);
    const columns = columnsOf(group);
    const rows = columns.length < 2 ? [] : group.map((line) => cellsOf(line, columns));
    const full = rows.filter((row) => row.filter(Boolean).length >= 2);
    if (rows.length > 0 && full.length >= MIN_SHARE * rows.length) return { rows };
    // A line of prose with a wide gap may stand below the table.
  }
  return undefined;
}

function isRow(line: Line | undefined): boolean {
  return line !== undefined && line.segments.length >= 2;
}

function isNear(above: Line | undefined, line: Line | undefined, matters: boolean): boolean {
  if (!matters || !above || !line) return true;
  return line.y - above.y <= ROW_GAP * Math.max(above.height, line.height, 1);
}

/** Where segments stand above each other. Words that are only spread to fill their line are one column. */
function columnsOf(lines: readonly Line[]): Column[] {
  const least = COLUMN_GAP * Math.max(...lines.map((line) => line.height));
  const columns: Column[] = [];
  for (const { x, end } of lines.flatMap((line) => line.segments).toSorted((a, b) => a.x - b.x)) {
    const last = columns.at(-1);
    if (last && x < last.end + least) last.end = Math.max(last.end, end);
    else columns.push({ x, end });
  }
  return columns;
}

function cellsOf(line: Line, columns: readonly Column[]): string[] {
  return columns.map(({ x, end }) => {
    const inside = (segment: Segment): boolean => segment.x >= x && segment.end <= end;
    return cellText(
      line.segments
        .filter(inside)
        .map((segment) => segment.text)
        .join(" "),
    );
  });
}
