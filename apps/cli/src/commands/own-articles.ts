import type { Article } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import type { Terminal } from "../terminal.js";
import { count } from "../view/format.js";

export interface RetractOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

/** `vibewriter retract ARTICLE --reason TEXT [--yes]`: there is no way back, so a person on a terminal is asked, by the title. */
export async function retract(context: Context, article: string, { reason, yes }: RetractOptions): Promise<ExitCode> {
  const { terminal } = context;
  const client = await connect(context);
  if (terminal.canAsk && yes !== true && !(await isMeant(terminal, await client.article(article)))) {
    terminal.warn("Nothing was changed.");
    return EXIT.interrupted;
  }
  const retracted = await client.ownArticles.retract(article, reason);
  if (terminal.json) terminal.printJson(retracted);
  else {
    const what = retracted.first ? "It is retracted" : "It had been retracted before";
    terminal.print(`${what}: ${plain(retracted.article)} stays readable and is found, cited and paid no more.`);
  }
  return EXIT.done;
}

async function isMeant(terminal: Terminal, { title, author, citedBy, retracted }: Article): Promise<boolean> {
  if (retracted !== undefined) return true;
  const what = `“${plain(title)}” by ${plain(author)}, cited by ${count(citedBy, "article")}`;
  const answer = await terminal.ask(`Retract ${what}, for ever? [y = yes, Enter = no] `);
  return /^y(es)?$/i.test(answer?.trim() ?? "");
}

/** `vibewriter cite CITING CITED --claim TEXT`. */
export async function cite(
  context: Context,
  citing: string,
  citation: { cited: string; claim: string; passage?: string },
): Promise<ExitCode> {
  const { terminal } = context;
  const recorded = await (await connect(context)).ownArticles.cite(citing, citation);
  if (terminal.json) terminal.printJson(recorded);
  else {
    const verb = recorded.first ? "cites" : "had cited";
    const before = recorded.first ? "" : " before";
    const citing = count(recorded.count, "article");
    terminal.print(
      `${plain(recorded.citing)} ${verb} ${plain(recorded.cited)}${before}; that is cited by ${citing} now.`,
    );
  }
  return EXIT.done;
}
