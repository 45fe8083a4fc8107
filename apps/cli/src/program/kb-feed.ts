import type { Command } from "commander";
import { type FeedOptions, kbFeed } from "../commands/kb/feed.js";
import type { Context } from "../context.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter kb feed`; its action hands its exit code to `done`. */
export function addKbFeedCommand(kb: Command, context: Context, done: (code: number) => void): void {
  add(kb, "feed", "what was published, revised, retracted and cited, as an Atom feed")
    .option(
      "--author <author>",
      "only of this author: a public key, or the name of an author of this home",
      idFrom("vibewriter author list"),
    )
    .option("--tag <tag>", "only with this tag")
    .option("--article <article>", "only of this article: its id, or the beginning of it", idFrom("vibewriter kb list"))
    .option("--followed", "only of what you follow (vibewriter follow)")
    .option("--limit <n>", "entries at most, 1 to 500", wholeNumber(1, 500), 50)
    .option("-o, --output <file>", "write it there")
    .addHelpText(
      "after",
      example("vibewriter kb feed --tag defi -o /var/www/defi.atom", "vibewriter kb feed --followed"),
    )
    .action(async (o: FeedOptions) => done(await kbFeed(context, o)));
}
