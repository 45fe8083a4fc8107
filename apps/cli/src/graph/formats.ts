import { extname } from "node:path";
import type { CitationGraph } from "@vibewriter/server";
import { graphDot } from "./dot.js";
import { graphText } from "./text.js";

export const FORMATS = ["text", "dot", "json", "svg"] as const;
export type GraphFormat = (typeof FORMATS)[number];

const ENDINGS: Readonly<Record<string, GraphFormat>> = {
  ".dot": "dot",
  ".gv": "dot",
  ".json": "json",
  ".svg": "svg",
};

/** The format that a file's ending means. */
export function formatOf(file: string): GraphFormat {
  return ENDINGS[extname(file).toLowerCase()] ?? "text";
}

/** A graph as a document of that format. */
export async function formatted(graph: CitationGraph, format: GraphFormat): Promise<string> {
  if (format === "json") return `${JSON.stringify(graph, undefined, 2)}\n`;
  if (format === "dot") return graphDot(graph);
  if (format === "text") return graphText(graph);
  // Only a drawing needs the layout.
  const { graphSvg } = await import("./svg.js");
  return graphSvg(graph);
}
