import type { Line, Segment } from "./lines.js";
import { tableAt } from "./tables.js";

/** One segment with the line it stands on. */
interface Piece extends Segment {
  line: Line;
  /** Of a table that goes over several columns: it is not cut. */
  isTable: boolean;
}

/** A page has up to four columns. */
const MAX_DEPTH = 3;
/** Fewer lines beside each other are a table, a figure or chance. */
const MIN_LINES = 4;
/** Lines of a column fill it; cells of a table do not. */
const MIN_FILL = 0.55;
const MIN_CHARS = 14;
/** The mean of a table, in characters. */
const MAX_CELL = 20;
const CANDIDATES = 10;
/** Points. */
const BIN = 3;

/**
 * The regions of a page in reading order: what goes over the whole width, and columns one after the other. A gap is between columns if lines
 * fill both its sides for some lines; tables have gaps, too, and are left whole.
 */
export function regionsOf(lines: readonly Line[]): Line[][] {
  const tables = tableLines(lines);
  const pieces = lines.flatMap((line) =>
    line.segments.map((segment) => ({ ...segment, line, isTable: tables.has(line) })),
  );
  return split(pieces, 0).map(regrouped);
}

/** Lines of tables with three columns and rows at least. Columns of prose stand beside each other like cells, but they are longer. */
function tableLines(lines: readonly Line[]): Set<Line> {
  const found = new Set<Line>();
  for (let i = 0; i < lines.length; ) {
    const rows = tableAt(lines, i)?.rows ?? [];
    const cells = rows.flat().filter(Boolean);
    const isTable =
      rows.length >= 3 && cells.length >= 2.5 * rows.length && cells.join("").length <= MAX_CELL * cells.length;
    if (isTable) for (const line of lines.slice(i, i + rows.length)) found.add(line);
    i += isTable ? rows.length : 1;
  }
  return found;
}

function split(pieces: Piece[], depth: number): Piece[][] {
  const gutter = depth < MAX_DEPTH ? bestGutter(pieces) : undefined;
  if (!gutter) return pieces.length > 0 ? [pieces] : [];
  const regions: Piece[][] = [];
  let whole: Piece[] = [];
  for (const zone of gutter.zones) {
    if (!zone.isColumns) {
      whole.push(...zone.pieces);
      continue;
    }
    if (whole.length > 0) regions.push(whole);
    whole = [];
    regions.push(
      ...split(
        zone.pieces.filter((piece) => piece.end <= gutter.x + 1),
        depth + 1,
      ),
    );
    regions.push(
      ...split(
        zone.pieces.filter((piece) => piece.end > gutter.x + 1),
        depth + 1,
      ),
    );
  }
  if (whole.length > 0) regions.push(whole);
  return regions;
}

/** Lines again: pieces of one line that are in one region. */
function regrouped(pieces: Piece[]): Line[] {
  const lines = new Map<Line, Segment[]>();
  for (const { line, text, x, end } of pieces) {
    const segment = { text, x, end };
    const segments = lines.get(line);
    if (segments) segments.push(segment);
    else lines.set(line, [segment]);
  }
  return [...lines].map(([line, segments]) => ({ ...line, segments })).sort((a, b) => a.y - b.y);
}

interface Zone {
  isColumns: boolean;
  pieces: Piece[];
}

function bestGutter(pieces: Piece[]): { x: number; zones: Zone[] } | undefined {
  if (pieces.length < 2 * MIN_LINES) return undefined;
  let best: { x: number; zones: Zone[]; score: number } | undefined;
  for (const x of candidates(pieces)) {
    const zones = zonesOf(pieces, x);
    const score = zones.reduce((sum, zone) => sum + (zone.isColumns ? zone.pieces.length : 0), 0);
    if (score > (best?.score ?? 0)) best = { x, zones, score };
  }
  return best;
}

/** Places just left of where many segments begin, but for the leftmost. */
function candidates(pieces: readonly Piece[]): number[] {
  const left = Math.min(...pieces.map((piece) => piece.x));
  const right = Math.max(...pieces.map((piece) => piece.end));
  const counts = new Map<number, number>();
  for (const { x } of pieces) {
    if (x < left + 0.15 * (right - left) || x > left + 0.85 * (right - left)) continue;
    const bin = Math.floor(x / BIN);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const often = [...counts].sort((a, b) => b[1] - a[1]).slice(0, CANDIDATES);
  return often.map(([bin]) => bin * BIN - 1);
}

/** The page from top to bottom, cut where something goes across x. */
function zonesOf(pieces: readonly Piece[], x: number): Zone[] {
  const zones: Zone[] = [];
  let open: Piece[] = [];
  const end = (): void => {
    if (open.length > 0) zones.push({ isColumns: areColumns(open, x), pieces: open });
    open = [];
  };
  for (const piece of pieces) {
    if (piece.isTable || (piece.x < x - 1 && piece.end > x + 1)) {
      end();
      zones.push({ isColumns: false, pieces: [piece] });
    } else open.push(piece);
  }
  end();
  return zones;
}

function areColumns(pieces: readonly Piece[], x: number): boolean {
  const sides = [pieces.filter((piece) => piece.end <= x + 1), pieces.filter((piece) => piece.end > x + 1)];
  return sides.every((side) => {
    const lines = new Set(side.map((piece) => piece.line));
    if (lines.size < MIN_LINES) return false;
    const left = Math.min(...side.map((piece) => piece.x));
    const right = Math.max(...side.map((piece) => piece.end));
    let filled = 0;
    let chars = 0;
    for (const piece of side) {
      filled += piece.end - piece.x;
      chars += piece.text.length;
    }
    return filled / lines.size >= MIN_FILL * (right - left) && chars / lines.size >= MIN_CHARS;
  });
}
