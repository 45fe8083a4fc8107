/** A piece of text at its place on the page as it is read: points from the left and from the top. */
export interface Placed {
  text: string;
  x: number;
  end: number;
  /** The baseline. */
  y: number;
  height: number;
  isRightToLeft: boolean;
}

/** A stretch of a line without a wide gap in it: words, a cell, a line of a column. */
export interface Segment {
  text: string;
  x: number;
  end: number;
}

/** What stands on one baseline. */
export interface Line {
  y: number;
  height: number;
  segments: Segment[];
}

/** What the PDF library gives. */
interface Item {
  str: string;
  dir: string;
  width: number;
  height: number;
  transform: number[];
}

/** In heights of the letters. The gap between columns is seldom narrower, that between words seldom wider. */
const WIDE_GAP = 0.8;
/** Narrower than a space in any font, wider than kerning. */
const WORD_GAP = 0.16;
/** Runs whose baselines are nearer stand on one line: notes and powers are raised by a third. */
const SAME_LINE = 0.45;
/** A page of small print has 15,000 characters; maps and drawings with more pieces than this are no text. */
const MAX_ITEMS = 60_000;

/** @param view the transformation of the page as it is shown, which may be turned */
export function placedItems(items: readonly Item[], view: readonly number[]): Placed[] {
  const placed: Placed[] = [];
  for (const { str, dir, width, height, transform } of items.slice(0, MAX_ITEMS)) {
    if (str.trim() === "") continue;
    const [a = 1, b = 0, , , e = 0, f = 0] = transform;
    const [va = 1, vb = 0, vc = 0, vd = -1, ve = 0, vf = 0] = view;
    const across = va * a + vc * b;
    const down = vb * a + vd * b;
    // Letters that run up the margin, such as an archive's stamp, are on no line.
    if (Math.abs(down) > 0.3 * Math.abs(across)) continue;
    const x = va * e + vc * f + ve;
    placed.push({
      text: str,
      x,
      end: x + width,
      y: vb * e + vd * f + vf,
      height: height || Math.hypot(across, down) || 1,
      isRightToLeft: dir === "rtl",
    });
  }
  return placed;
}

/** The lines of a page from top to bottom, each cut at its wide gaps. */
export function linesOf(items: readonly Placed[]): Line[] {
  const lines: Placed[][] = [];
  let open: { items: Placed[]; y: number; height: number } | undefined;
  for (const item of items.toSorted((a, b) => a.y - b.y)) {
    if (!open || item.y - open.y > SAME_LINE * Math.max(item.height, open.height)) {
      open = { items: [], y: item.y, height: item.height };
      lines.push(open.items);
    }
    open.items.push(item);
    open.height = Math.max(open.height, item.height);
  }
  return lines.map(lineOf);
}

function lineOf(items: Placed[]): Line {
  const tallest = items.reduce((a, b) => (b.height > a.height ? b : a));
  const segments: Segment[] = [];
  const isRightToLeft = items.filter((item) => item.isRightToLeft).length > items.length / 2;
  for (const item of items.toSorted((a, b) => a.x - b.x)) {
    const last = segments.at(-1);
    const gap = last ? item.x - last.end : 0;
    if (!last || gap > WIDE_GAP * tallest.height) {
      segments.push({ text: item.text, x: item.x, end: item.end });
      continue;
    }
    const space = gap > WORD_GAP * tallest.height ? " " : raised(last, item, tallest);
    last.text = isRightToLeft ? `${item.text}${space}${last.text}` : `${last.text}${space}${item.text}`;
    last.end = Math.max(last.end, item.end);
  }
  if (isRightToLeft) segments.reverse();
  for (const segment of segments) segment.text = segment.text.replace(/\s+/g, " ").trim();
  return { y: tallest.y, height: tallest.height, segments };
}

/** 10⁶ is not 106, and a note behind a year is not a part of it. */
function raised(last: Segment, item: Placed, tallest: Placed): string {
  const isRaised = item.height < 0.85 * tallest.height && tallest.y - item.y > 0.15 * tallest.height;
  return isRaised && /[\p{L}\d)]$/u.test(last.text) && /^[\d+-]/.test(item.text) ? "^" : "";
}

/** All of a line in reading order. */
export function textOfLine({ segments }: Line): string {
  return segments.map((segment) => segment.text).join(" ");
}
