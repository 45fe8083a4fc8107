import { extname } from "node:path";
import type { CitationGraph } from "@vibewriter/server";
import { plain } from "../escape.js";
import { UsageError } from "../exit.js";
import { graphDot } from "./dot.js";
import { graphText } from "./text.js";

export const FORMATS = ["text", "dot", "json", "svg"] as const;
export type GraphFormat = (typeof FORMATS)[number];

const ENDINGS: Readonly<Record<string, GraphFormat>> = {
  "": "text",
  ".txt": "text",
  ".dot": "dot",
  ".gv": "dot",
  ".json": "json",
  ".svg": "svg",
};

/** The format that a file's ending means. @throws UsageError for one that means none of them */
export function formatOf(file: string): GraphFormat {
  const format = ENDINGS[extname(file).toLowerCase()];
  if (format !== undefined) return format;
  throw new UsageError(`The ending of ${plain(file)} names no format; say one with --format ${FORMATS.join("|")}.`);
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
