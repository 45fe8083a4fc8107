import type { Command } from "commander";
import { kbReembed } from "../commands/kb/reembed.js";
import type { Context } from "../context.js";
import { add, example } from "./command.js";

/** `vibewriter kb reembed`; its action hands its exit code to `done`. */
export function addKbReembedCommand(kb: Command, context: Context, done: (code: number) => void): void {
  add(kb, "reembed", "make the search index again with another embedder, while the one that there is answers")
    .option("--embedder <name>", "lexical, openai:MODEL, cohere:MODEL, google:MODEL, voyage:MODEL or local:PATH")
    .option("--dry-run", "say how many texts and tokens that would be, and how far it is")
    .addHelpText(
      "after",
      example("vibewriter kb reembed --dry-run", "vibewriter kb reembed --embedder openai:text-embedding-3-small"),
    )
    .action(async (o: { embedder?: string; dryRun?: boolean }) => done(await kbReembed(context, o)));
}
