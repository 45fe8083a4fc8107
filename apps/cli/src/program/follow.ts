import type { Command } from "commander";
import { followAdd, followList, followRemove, followTest, followWatch } from "../commands/follow.js";
import type { Context } from "../context.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter follow ...`; each action hands its exit code to `done`. */
export function addFollowCommands(program: Command, context: Context, done: (code: number) => void): void {
  const id = idFrom("vibewriter follow list");
  const follow = program
    .command("follow")
    .description("be told what becomes of an author's articles, of a tag or of an article");
  add(follow, "add", "follow an author, a tag or an article from now on")
    .argument("<subject>", "author:KEY or author:NAME of this home, tag:TAG or article:ID")
    .option("--webhook <url>", "post each of its news there, signed, until it is taken")
    .addHelpText(
      "after",
      example(
        "vibewriter follow add tag:defi",
        "vibewriter follow add article:1f0c9a --webhook https://example.org/hook",
      ),
    )
    .action(async (subject: string, o: { webhook?: string }) => done(await followAdd(context, subject, o)));
  add(follow, "list", "list what is followed, and what a webhook has not taken yet")
    .addHelpText("after", example("vibewriter follow list --json"))
    .action(async () => done(await followList(context)));
  add(follow, "remove", "follow it no more; what was not delivered is forgotten")
    .argument("<follow>", "its id", id)
    .addHelpText("after", example("vibewriter follow remove 3f9c0a7be112"))
    .action(async (which: string) => done(await followRemove(context, which)));
  add(follow, "test", "send a test to its webhook")
    .argument("<follow>", "its id", id)
    .addHelpText("after", example("vibewriter follow test 3f9c0a7be112"))
    .action(async (which: string) => done(await followTest(context, which)));
  add(follow, "watch", "print news as they come, of one or of all that is followed; with --json an object a line")
    .argument("[follow]", "its id", id)
    .option(
      "--after <position>",
      "first those behind this place on the event stream; 0: all",
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .addHelpText("after", example("vibewriter follow watch", "vibewriter follow watch 3f9c0a7be112 --after 0 --json"))
    .action(async (which: string | undefined, o: { after?: number }) => done(await followWatch(context, which, o)));
}
