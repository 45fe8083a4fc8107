import type { ArticleHit, SearchFilter } from "@vibewriter/server";
import { authorKeyOf } from "../../author-key.js";
import { type Context, connect } from "../../context.js";
import { plain, plainLines } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";

/** `vibewriter kb search QUERY`. */
export async function kbSearch(context: Context, query: string, o: SearchFilter): Promise<ExitCode> {
  const { terminal } = context;
  if (query.trim() === "")
    throw new UsageError('The query is empty; say what to look for: vibewriter kb search "liquidity".');
  const client = await connect(context);
  const author = o.author === undefined ? undefined : await authorKeyOf(client, o.author);
  const hits = await client.searchArticles(query, { ...o, author });
  if (terminal.json) {
    terminal.printJson({ hits });
  } else if (hits.length === 0) {
    terminal.print("Nothing found; try other words, or see vibewriter kb list.");
  }
  const degraded = hits[0]?.degraded;
  if (degraded !== undefined) terminal.warn(terminal.colors.dim(DEGRADED[degraded]));
  for (const hit of terminal.json ? [] : hits) {
    const { bold, dim } = terminal.outColors;
    terminal.print(
      `${plain(hit.article_id)}  ${hit.similarity.toFixed(2)}  ${bold(plain(hit.title))} ${dim(`by ${plain(hit.author)}`)}`,
    );
    terminal.print(`    ${preview(hit, bold, dim)}`);
  }
  return EXIT.done;
}

const DEGRADED = {
  words_only: "Found by words alone: the embedder does not answer; vibewriter kb reembed --dry-run says why.",
  other_index: "Found in the file of this home: Qdrant does not answer, or is being brought up to date.",
};

type Style = (text: string) => string;

/** The preview with the words of the question in bold. */
function preview({ content_preview: text, preview, highlights }: ArticleHit, bold: Style, dim: Style): string {
  // The text begins where the preview does, behind the dots if it was cut there.
  const shift = preview.start - (text.startsWith("…") ? 1 : 0);
  let shown = "";
  let at = 0;
  for (const { start, end } of highlights) {
    shown += dim(part(text.slice(at, start - shift))) + bold(part(text.slice(start - shift, end - shift)));
    at = end - shift;
  }
  return shown + dim(part(text.slice(at)));
}

/** A part of a line: the spaces at its ends belong to it. */
function part(text: string): string {
  return plainLines(text).replace(/\s+/g, " ");
}
