import type { CitationChains, CitationPage } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { chainLines } from "../../graph/chains.js";

interface CitationsOptions {
  readonly depth: number;
  readonly limit: number;
}

/** `vibewriter kb cites ARTICLE` and `vibewriter kb cited-by ARTICLE`. */
export async function kbCitations(
  context: Context,
  direction: "cites" | "cited-by",
  article: string,
  { depth, limit }: CitationsOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const { citations } = await connect(context);
  const page = await citations.page({ article, direction, limit });
  const chains = depth > 1 ? await citations.chains({ article: page.article.id, direction, depth, limit }) : undefined;
  if (terminal.json) terminal.printJson({ ...page, ...(chains && { chains }) });
  else for (const line of linesOf(page, direction, chains)) terminal.print(line);
  return EXIT.done;
}

function linesOf(
  { article, counts, citations, before }: CitationPage,
  direction: "cites" | "cited-by",
  chains: CitationChains | undefined,
): string[] {
  const { cites, citesInAll, citedBy, citedByInAll, trusted } = counts;
  const head = [
    `${plain(article.id)}  ${plain(article.title)} by ${plain(article.author)}`,
    `cites ${cites} (${citesInAll} over any number of steps), cited by ${citedBy} (${citedByInAll}); ${trusted} by the trust in who cites`,
  ];
  const listed = citations.flatMap(({ article: other, claim, passage }) => [
    "",
    `${plain(other.id)}  ${plain(other.title)} by ${plain(other.author)}`,
    `    ${plain(claim)}`,
    ...(passage === undefined ? [] : [`    “${plain(passage.text)}”`]),
  ]);
  const verb = direction === "cites" ? "It cites nothing." : "Nothing cites it.";
  return [
    ...head,
    ...(citations.length === 0 ? [verb] : listed),
    ...(before === undefined ? [] : ["", "There are more; --limit shows up to 500, --json says where they go on."]),
    ...(chains === undefined || chains.chains.length === 0 ? [] : ["", ...chainLines(chains, direction)]),
  ];
}
