import type { Command } from "commander";
import { kbNovelty } from "../commands/kb/novelty.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter kb novelty`; the action hands its exit code to `done`. */
export function addKbNoveltyCommand(kb: Command, context: Context, done: (code: number) => void): void {
  add(kb, "novelty", "say why an article scores what it does, or what a draft would score")
    .argument("[article]", "its id, or the beginning of it", idFrom("vibewriter kb list"))
    .option("--draft <file>", "a Markdown file, as if it were published now; nothing is published")
    .addHelpText("after", example("vibewriter kb novelty 5d610b96", "vibewriter kb novelty --draft draft.md --json"))
    .action(async (article: string | undefined, o: { draft?: string }) =>
      done(await kbNovelty(context, { article, ...o })),
    );
}
