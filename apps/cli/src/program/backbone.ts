import type { Command } from "commander";
import { backboneBackup, backboneRestore, backboneStatus, backboneVerify } from "../commands/backbone.js";
import type { Context } from "../context.js";
import { add, example } from "./command.js";

/** `vibewriter backbone ...`; each action hands its exit code to `done`. */
export function addBackboneCommands(program: Command, context: Context, done: (code: number) => void): void {
  const backbone = program
    .command("backbone")
    .description("NATS, where everything is kept: how it is, backups, a check");
  add(backbone, "status", "say how NATS is and what it keeps")
    .addHelpText("after", example("vibewriter backbone status --json"))
    .action(async () => done(await backboneStatus(context)));
  add(
    backbone,
    "backup <folder>",
    "write everything that NATS keeps, and the keys of the home, into a new folder; work goes on meanwhile",
  )
    .option(
      "--passphrase-file <file>",
      "a file, readable by you alone, with what keys and secrets are encrypted under; without one only the authors' keys come along",
    )
    .addHelpText("after", example("vibewriter backbone backup /backups/vibewriter-monday --passphrase-file phrase.txt"))
    .action(async (folder: string, o) => done(await backboneBackup(context, folder, o)));
  add(backbone, "restore <folder>", "make what a backup holds, in an empty home or on an empty server")
    .option("--passphrase-file <file>", "a file with the passphrase of the backup, readable by you alone")
    .option("--without-keys", "restore no keys and secrets, because nobody has the passphrase any more")
    .addHelpText(
      "after",
      example(
        "VIBEWRITER_HOME=/srv/restored vibewriter backbone restore /backups/vibewriter-monday --passphrase-file phrase.txt",
      ),
    )
    .action(async (folder: string, o) => done(await backboneRestore(context, folder, o)));
  add(backbone, "verify", "read everything and name what is damaged")
    .addHelpText("after", example("vibewriter backbone verify"))
    .action(async () => done(await backboneVerify(context)));
}
