import type { Command } from "commander";
import {
  authorExport,
  authorImport,
  authorList,
  authorPassphrase,
  authorRename,
  authorShow,
} from "../commands/author.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter author ...`; each action hands its exit code to `done`. */
export function addAuthorCommands(program: Command, context: Context, done: (code: number) => void): void {
  const author = idFrom("vibewriter author list");
  const authors = program.command("author").description("who publishes: names and the keys that sign for them");
  add(authors, "list", "list them")
    .addHelpText("after", example("vibewriter author list"))
    .action(async () => done(await authorList(context)));
  add(authors, "show", "show one")
    .argument("<author>", "a name, a public key, or the beginning of one", author)
    .addHelpText("after", example("vibewriter author show Ada"))
    .action(async (which: string) => done(await authorShow(context, which)));
  add(authors, "rename", "give one another name, for what is published from now on")
    .argument("<author>", "a name, a public key, or the beginning of one", author)
    .argument("<name>", "the new name")
    .addHelpText("after", example('vibewriter author rename main "Ada Lovelace"'))
    .action(async (which: string, name: string) => done(await authorRename(context, which, name)));
  add(authors, "export", "write a key into a file, encrypted under a passphrase of its own")
    .argument("<author>", "a name, a public key, or the beginning of one", author)
    .requiredOption("--out <file>", "the file, which must not be there")
    .requiredOption("--passphrase-file <file>", "a file with the passphrase, readable by you alone")
    .addHelpText("after", example("vibewriter author export Ada --out ada.key --passphrase-file phrase.txt"))
    .action(async (which: string, o) => done(await authorExport(context, which, o)));
  add(authors, "import", "take in a key that was exported, here or in another home")
    .argument("<file>", "what export has written")
    .requiredOption("--passphrase-file <file>", "a file with its passphrase, readable by you alone")
    .addHelpText("after", example("vibewriter author import ada.key --passphrase-file phrase.txt"))
    .action(async (file: string, o) => done(await authorImport(context, file, o)));
  add(authors, "passphrase", "encrypt all keys of this home anew, under another passphrase, or the first one")
    .requiredOption("--passphrase-file <file>", "a file with the new passphrase, readable by you alone")
    .addHelpText("after", example("vibewriter author passphrase --passphrase-file new.txt"))
    .action(async (o: { passphraseFile: string }) => done(await authorPassphrase(context, o)));
}
