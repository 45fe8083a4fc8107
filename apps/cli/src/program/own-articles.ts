import type { Command } from "commander";
import { cite, retract } from "../commands/own-articles.js";
import { publish, revise } from "../commands/publish.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** What a person does by hand with articles of their own; each action hands its exit code to `done`. */
export function addOwnArticleCommands(program: Command, context: Context, done: (code: number) => void): void {
  const article = idFrom("vibewriter kb list");
  draft(
    add(
      program,
      "publish <file>",
      "check your own draft against its sources, cited as [S1], [S2] in the order given, and publish it",
    ).option("--author <name>", "who publishes: an author of yours, or a new one"),
  )
    .addHelpText(
      "after",
      example("vibewriter publish draft.md --sources notes/ --tags tides moon --licence CC-BY-4.0 --language en"),
    )
    .action(async (file: string, o) => done(await publish(context, file, o)));
  draft(
    add(program, "revise", "check a new text of your own article in the same way, and publish it as its next version")
      .argument("<article>", "its id, or the beginning of it", article)
      .argument("<file>", "the new text"),
  )
    .addHelpText("after", example("vibewriter revise 1f0c9a draft.md --sources notes/"))
    .action(async (id: string, file: string, o) => done(await revise(context, id, file, o)));
  add(
    program,
    "retract",
    "take your own article back, for ever: it stays readable and is found, cited and paid no more",
  )
    .argument("<article>", "its id, or the beginning of it", article)
    .requiredOption("--reason <text>", "why, for its readers")
    .option("--yes", "without asking")
    .addHelpText("after", example('vibewriter retract 1f0c9a --reason "The data were wrong."'))
    .action(async (id: string, o: { reason: string; yes?: boolean }) => done(await retract(context, id, o)));
  add(program, "cite", "say what your own article owes to another author's, so that they are paid")
    .argument("<citing>", "your article: its id, or the beginning of it", article)
    .argument("<cited>", "theirs", article)
    .requiredOption("--claim <text>", "what it is cited for, in a sentence")
    .option("--passage <text>", "the words of theirs on which that rests, as they stand there")
    .addHelpText("after", example('vibewriter cite 1f0c9a 77d201 --claim "The range doubles at new moon."'))
    .action(async (citing: string, cited: string, { claim, passage }) =>
      done(await cite(context, citing, { cited, claim, passage })),
    );
}

function draft(command: Command): Command {
  return command
    .requiredOption("--sources <path...>", "files, folders and articles, choir:ID, that the draft cites")
    .option("--title <text>", "its title, if the text has no heading '# Title'")
    .option("--tags <tag...>", "up to 20 words under which it is found")
    .option("--licence <expression>", "what others may do with it, as SPDX writes it")
    .option("--language <tag>", "such as en or pt-BR; told from the text if you do not say it")
    .option("--out <folder>", "where the checked draft's folder is made", "reports")
    .option("--yes", "publish without asking");
}
