import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CitationGraph } from "@vibewriter/server";
import { messageOf } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { formatOf, formatted, type GraphFormat } from "../../graph/formats.js";
import { count } from "../../view/format.js";

export interface GraphOptions {
  readonly article?: string;
  readonly depth: number;
  readonly limit: number;
  readonly format?: GraphFormat;
  readonly output?: string;
}

/** `vibewriter kb graph [ARTICLE]`. */
export async function kbGraph(context: Context, o: GraphOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { article, depth, limit, output } = o;
  const format = o.format ?? (output === undefined ? "text" : formatOf(output));
  const graph = await (await connect(context)).citations.graph({ article, depth, limit });
  if (output !== undefined) await write(context, output, await formatted(graph, format));
  if (terminal.json) terminal.printJson(output === undefined ? graph : { file: output, format, ...sizes(graph) });
  else if (output === undefined) terminal.print((await formatted(graph, format)).trimEnd());
  else {
    const { articles, citations } = sizes(graph);
    terminal.print(`${plain(output)}: ${count(articles, "article")}, ${count(citations, "citation")}.`);
  }
  return EXIT.done;
}

function sizes({ articles, citations, truncated }: CitationGraph) {
  return { articles: articles.length, citations: citations.length, truncated };
}

async function write({ cwd }: Context, file: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, file), text);
  } catch (cause) {
    const message = `${plain(file)} cannot be written (${messageOf(cause)}); name another file with --output.`;
    throw new UsageError(message, { cause });
  }
}
