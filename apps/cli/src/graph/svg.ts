import { graphlib, layout } from "@dagrejs/dagre";
import type { CitationGraph } from "@vibewriter/server";
import { clip, plain } from "../escape.js";

const BOX = { width: 230, height: 58 };
const MARGIN = 24;
const LINE_CHARACTERS = 32;
const STYLE = `
  svg { background: #12110f; font: 12px system-ui, sans-serif; }
  rect { fill: #1d1b17; stroke: #8a7338; }
  .center rect { stroke: #f0c95a; stroke-width: 2.5; }
  .retracted rect { stroke-dasharray: 5 4; }
  text { fill: #efe6d2; }
  .by { fill: #a89b80; font-size: 11px; }
  path { fill: none; stroke: #8a7338; stroke-opacity: 0.7; }
  marker path { fill: #8a7338; stroke: none; }`;

interface Point {
  x: number;
  y: number;
}

/** What is used of the layout's graph; the types that come with it cannot be found from a module. */
interface LayoutGraph {
  setGraph(o: Record<string, string | number>): void;
  setNode(id: string, box: { width: number; height: number }): void;
  setEdge(from: string, to: string, label: object): void;
  node(id: string): Point;
  edges(): object[];
  edge(edge: object): { points?: Point[] };
  graph(): { width?: number; height?: number };
}

/**
 * A drawing: articles in layers from left to right, arrows from what cites to what is cited. It has no script and loads nothing; what
 * authors wrote is text in it.
 */
export function graphSvg(graph: CitationGraph): string {
  const { points, lines, width, height } = placed(graph);
  const boxes = graph.articles.map((article) => box(article, points.get(article.id), article.id === graph.center));
  const arrows = lines.map((line) => `<path d="${curve(line)}" marker-end="url(#arrow)"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>${STYLE}
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
${[...arrows, ...boxes].join("\n")}
</svg>
`;
}

function placed({ articles, citations }: CitationGraph) {
  const graph: LayoutGraph = new graphlib.Graph();
  // The quick ranker: the other one takes minutes for a dense graph.
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 90, marginx: MARGIN, marginy: MARGIN, ranker: "longest-path" });
  for (const { id } of articles) graph.setNode(id, { ...BOX });
  for (const { citing, cited } of citations) graph.setEdge(citing, cited, {});
  layout(graph);
  const points = new Map(articles.map(({ id }): [string, Point] => [id, graph.node(id)]));
  const lines = graph.edges().map((edge) => graph.edge(edge).points ?? []);
  const { width = 0, height = 0 } = graph.graph();
  return { points, lines, width: Math.ceil(Math.max(width, 1)), height: Math.ceil(Math.max(height, 1)) };
}

function box(
  { id, title, author, citedBy, retracted }: CitationGraph["articles"][number],
  at: Point | undefined,
  isCenter: boolean,
): string {
  const { x, y } = at ?? { x: 0, y: 0 };
  const [left, top] = [round(x - BOX.width / 2), round(y - BOX.height / 2)];
  const classes = [isCenter ? "center" : "", retracted ? "retracted" : ""].filter((one) => one !== "").join(" ");
  const [first = "", second = ""] = twoLines(plain(title));
  const by = clip(`${plain(author)}, cited by ${citedBy}`, LINE_CHARACTERS + 4);
  return `<g${classes && ` class="${classes}"`} transform="translate(${left} ${top})"><title>${xml(`${plain(title)} (${id})`)}</title>\
<rect width="${BOX.width}" height="${BOX.height}" rx="4"/>\
<text x="10" y="18">${xml(first)}</text><text x="10" y="33">${xml(second)}</text>\
<text class="by" x="10" y="50">${xml(by)}</text></g>`;
}

/** The words of a title on two lines. */
function twoLines(title: string): string[] {
  if ([...title].length <= LINE_CHARACTERS) return [title];
  const start = [...title].slice(0, LINE_CHARACTERS + 1).join("");
  const space = start.lastIndexOf(" ");
  const first = space > 0 ? start.slice(0, space) : [...start].slice(0, LINE_CHARACTERS).join("");
  return [first, clip(title.slice(first.length).trimStart(), LINE_CHARACTERS)];
}

/** A smooth line: straight to the middle of the first part, and round each point from middle to middle. */
function curve(points: readonly Point[]): string {
  const [start, ...rest] = points;
  const end = rest.at(-1);
  if (start === undefined || end === undefined) return "";
  const middle = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1] ?? end;
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return `M${at(start)}${middle.join("")}L${at(end)}`;
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Without what XML cannot have. */
function xml(text: string): string {
  return text.replace(/[\p{Cs}\uFFFE\uFFFF]/gu, "").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
