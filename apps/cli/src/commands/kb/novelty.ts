import { resolve } from "node:path";
import type { Novelty } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { noveltyLines } from "../../view/novelty.js";
import { readDraft } from "../publish.js";

/** `vibewriter kb novelty ARTICLE` and `vibewriter kb novelty --draft FILE`. */
export async function kbNovelty(context: Context, what: { article?: string; draft?: string }): Promise<ExitCode> {
  const { terminal } = context;
  const novelty = await explained(context, what);
  if (terminal.json) terminal.printJson({ novelty });
  else for (const line of noveltyLines(novelty, terminal.outColors)) terminal.print(line);
  return EXIT.done;
}

async function explained(context: Context, { article, draft }: { article?: string; draft?: string }): Promise<Novelty> {
  if ((article === undefined) === (draft === undefined))
    throw new UsageError("Name one article by its id, or a draft with --draft FILE.");
  if (article !== undefined) return await (await connect(context)).novelty.explain(article);
  const file = draft ?? "";
  const markdown = await readDraft(resolve(context.cwd, file), file);
  return await (await connect(context)).novelty.assess(markdown);
}
