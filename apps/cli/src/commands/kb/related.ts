import type { RelatedArticles } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { table } from "../../view/table.js";

/** `vibewriter kb related ARTICLE`. */
export async function kbRelated(context: Context, article: string, limit: number): Promise<ExitCode> {
  const { terminal } = context;
  const related = await (await connect(context)).citations.related({ article, limit });
  if (terminal.json) terminal.printJson(related);
  else for (const line of linesOf(related, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

function linesOf({ coCited, coupled }: RelatedArticles, width: number): string[] {
  const rows = [
    ...coCited.map((one) => ({ how: "cited together", ...one })),
    ...coupled.map((one) => ({ how: "cites the same", ...one })),
  ].map(({ how, article: { id, title }, shared, strength }) => [
    how,
    String(shared),
    strength.toFixed(2),
    plain(id),
    plain(title),
  ]);
  if (rows.length === 0) return ["No article is cited together with it or cites what it cites."];
  return table([["HOW", "SHARED", "STRENGTH", "ARTICLE", "TITLE"], ...rows], width);
}
