import { type Command, Option } from "commander";
import { kbCitations } from "../commands/kb/citations.js";
import { kbGraph } from "../commands/kb/graph.js";
import { kbPath } from "../commands/kb/path.js";
import { kbRelated } from "../commands/kb/related.js";
import type { Context } from "../context.js";
import { FORMATS } from "../graph/formats.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter kb cites`, `cited-by`, `path`, `related` and `graph`; each action hands its exit code to `done`. */
export function addKbGraphCommands(kb: Command, context: Context, done: (code: number) => void): void {
  const article = idFrom("vibewriter kb list");
  const its = "its id, or the beginning of it";
  const depth = wholeNumber(1, 10);
  const limit = wholeNumber(1, 500);

  for (const [name, description] of [
    ["cites", "what an article cites, for what and on which passage"],
    ["cited-by", "what cites an article, for what and on which passage"],
  ] as const) {
    add(kb, name, description)
      .argument("<article>", its, article)
      .option("--depth <n>", "follow the chains of citations so many steps, 1 to 10", depth, 1)
      .option("--limit <n>", "citations, and chains, at most, 1 to 500", limit, 100)
      .addHelpText("after", example(`vibewriter kb ${name} 1f0c9a`, `vibewriter kb ${name} 1f0c9a --depth 3`))
      .action(async (id: string, o) => done(await kbCitations(context, name, id, o)));
  }

  add(kb, "path", "the shortest chain of citations from one article to another, or back")
    .argument("<citing>", its, article)
    .argument("<cited>", its, article)
    .addHelpText("after", example("vibewriter kb path 1f0c9a 77d201"))
    .action(async (citing: string, cited: string) => done(await kbPath(context, citing, cited)));

  add(kb, "related", "articles that are cited together with an article, or that cite what it cites")
    .argument("<article>", its, article)
    .option("--limit <n>", "articles of each kind at most, 1 to 500", limit, 10)
    .addHelpText("after", example("vibewriter kb related 1f0c9a"))
    .action(async (id: string, o: { limit: number }) => done(await kbRelated(context, id, o.limit)));

  add(kb, "graph", "draw who cites whom: around one article, or the most cited ones")
    .argument("[article]", its, article)
    .option("--depth <n>", "steps from the article, 1 to 10", depth, 2)
    .option("--limit <n>", "articles at most, 1 to 500", limit, 200)
    .addOption(new Option("--format <format>", "default: by the ending of --output's file, or text").choices(FORMATS))
    .option("-o, --output <file>", "write it there")
    .addHelpText("after", example("vibewriter kb graph 1f0c9a", "vibewriter kb graph -o choir.svg"))
    .action(async (id: string | undefined, o) => done(await kbGraph(context, { article: id, ...o })));
}
