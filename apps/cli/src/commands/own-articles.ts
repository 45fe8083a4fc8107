import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { count } from "../view/format.js";

/** `vibewriter retract ARTICLE --reason TEXT`. */
export async function retract(context: Context, article: string, reason: string): Promise<ExitCode> {
  const { terminal } = context;
  const retracted = await (await connect(context)).ownArticles.retract(article, reason);
  if (terminal.json) terminal.printJson(retracted);
  else {
    const what = retracted.first ? "It is retracted" : "It had been retracted before";
    terminal.print(`${what}: ${plain(retracted.article)} stays readable and is found, cited and paid no more.`);
  }
  return EXIT.done;
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
