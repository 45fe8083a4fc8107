import { type Command, InvalidArgumentError } from "commander";
import { kbEval } from "../commands/kb/eval.js";
import { kbSearch } from "../commands/kb/search.js";
import type { Context } from "../context.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter kb search` and `kb eval`; each action hands its exit code to `done`. */
export function addKbSearchCommands(kb: Command, context: Context, done: (code: number) => void): void {
  const authors = idFrom("vibewriter author list");
  add(kb, "search <query>", "the articles that answer a question best")
    .option("--limit <n>", "articles at most, 1 to 50", wholeNumber(1, 50), 5)
    .option("--author <author>", "only of this author: a public key, or the name of an author of this home", authors)
    .option("--tag <tag>", "only with this tag")
    .option("--language <language>", "only in this language, such as en or pt-BR")
    .option("--since <time>", "only published then or later, such as 2026-01-31", moment)
    .option("--until <time>", "only published before then", moment)
    .option("--cited-by <article>", "only what this article cites", idFrom("vibewriter kb list"))
    .addHelpText(
      "after",
      example(
        'vibewriter kb search "liquidity risk"',
        'vibewriter kb search "liquidity risk" --tag defi --since 2026-01-31',
      ),
    )
    .action(async (query: string, { json: _, ...filter }) => done(await kbSearch(context, query, filter)));

  add(
    kb,
    "eval",
    "measure search on a test collection: corpus.jsonl, queries.jsonl and qrels/test.tsv, as BEIR has them",
  )
    .argument("<source>", "the collection's folder")
    .option(
      "--typos <seed>",
      "ask the same questions with one slip each, too, drawn by this number",
      wholeNumber(0, 2 ** 31 - 1),
    )
    .option(
      "--embedder <name>",
      "lexical, openai:MODEL, cohere:MODEL, google:MODEL, voyage:MODEL or local:PATH; a service is sent all of it",
      "lexical",
    )
    .addHelpText(
      "after",
      example("vibewriter kb eval scifact --typos 1 --json", "vibewriter kb eval scifact --embedder voyage:voyage-3.5"),
    )
    .action(async (folder: string, o) => done(await kbEval(context, folder, o)));
}

/** A day or a moment, as ISO 8601 in UTC. */
function moment(text: string): string {
  const time = /^\d{4}-\d\d-\d\d(T.*)?$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new InvalidArgumentError("It must be a day or a moment, such as 2026-01-31 or 2026-01-31T12:00:00Z");
}
