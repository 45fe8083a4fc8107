import { type Line, textOfLine } from "./lines.js";

/** Lines at the top and at the bottom of a page that may be its header and footer. */
const EDGE = 3;
/** On fewer pages it may be chance. */
const MIN_PAGES = 3;
/** Between its first and its last page a running line is on most pages, or on every second one. */
const MIN_DENSITY = 0.4;
/** Points by which a running line moves from page to page at most. */
const SAME_PLACE = 6;

interface Found {
  page: number;
  line: Line;
  /** What the line says but for the number of its page. */
  key: string;
  isNumberOnly: boolean;
}

/**
 * The pages without their headers and footers: lines at the same place near the edge that say the same, but for the number of the page.
 * One that says more than that number stays where it stands first, so that no word is lost.
 */
export function withoutRunningLines(pages: readonly Line[][]): Line[][] {
  const byKey = new Map<string, Found[]>();
  for (const [page, lines] of pages.entries()) {
    for (const found of edgesOf(lines, page)) {
      const list = byKey.get(found.key);
      if (list) list.push(found);
      else byKey.set(found.key, [found]);
    }
  }
  const removed = new Set<Line>();
  for (const list of byKey.values()) {
    const first = list[0];
    const last = list.at(-1);
    if (!first || !last) continue;
    const same = list.filter(({ line }) => Math.abs(line.y - first.line.y) <= SAME_PLACE);
    const count = new Set(same.map((found) => found.page)).size;
    if (count < MIN_PAGES || count < MIN_DENSITY * (last.page - first.page + 1)) continue;
    for (const { line, isNumberOnly } of same) if (isNumberOnly || line !== first.line) removed.add(line);
  }
  return pages.map((lines) => lines.filter((line) => !removed.has(line)));
}

function edgesOf(lines: readonly Line[], page: number): Found[] {
  const edges = new Set([...lines.slice(0, EDGE), ...lines.slice(-EDGE)]);
  return [...edges].map((line) => ({ page, line, ...keyOf(line, page) }));
}

/** The number of a page stands alone, or apart from the rest of the line: "Item 7" is no page number. */
function keyOf(line: Line, page: number): { key: string; isNumberOnly: boolean } {
  const texts = line.segments.map((segment) => segment.text);
  const at = [0, texts.length - 1].find((i) => pageNumber(texts[i]) !== undefined);
  const number = at === undefined ? undefined : pageNumber(texts[at]);
  if (at === undefined || number === undefined) return { key: `=${textOfLine(line)}`, isNumberOnly: false };
  const rest = texts.filter((_, i) => i !== at).join(" ");
  return { key: `#${number - page} ${rest}`, isNumberOnly: rest === "" };
}

function pageNumber(text: string | undefined): number | undefined {
  const number =
    /^(?:(?:page|seite|página|p\.|s\.)\s*|[-–—|[(]\s*)?(\d{1,4})(?:\s*(?:[-–—|\])]|(?:of|von|de|\/)\s*\d{1,4}))?$/iu.exec(
      text ?? "",
    )?.[1];
  return number === undefined ? undefined : Number(number);
}
