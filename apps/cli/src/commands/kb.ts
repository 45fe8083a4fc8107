import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { age } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter kb list`. */
export async function kbList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const articles = await (await connect(context)).articles();
  if (terminal.json) {
    terminal.printJson({ articles });
  } else if (articles.length === 0) {
    terminal.print("No articles yet; a run publishes the first.");
  } else {
    const rows = articles.map((a) => [
      plain(a.id),
      age(a.createdAt, Date.now()),
      String(Math.round(a.noveltyScore)),
      String(a.citedBy),
      plain(a.author),
      plain([a.title, ...(a.retracted ? ["(retracted)"] : []), ...(a.imported ? ["(imported)"] : [])].join(" ")),
    ]);
    const head = ["ARTICLE", "AGE", "NOVELTY", "CITED BY", "AUTHOR", "TITLE"];
    for (const line of table([head, ...rows], terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}
