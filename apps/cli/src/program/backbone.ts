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
    "write everything that NATS keeps, and the authors' keys, into a new folder; work goes on meanwhile",
  )
    .addHelpText("after", example("vibewriter backbone backup /backups/vibewriter-monday"))
    .action(async (folder: string) => done(await backboneBackup(context, folder)));
  add(backbone, "restore <folder>", "make what a backup holds, in an empty home or on an empty server")
    .addHelpText(
      "after",
      example("VIBEWRITER_HOME=/srv/restored vibewriter backbone restore /backups/vibewriter-monday"),
    )
    .action(async (folder: string) => done(await backboneRestore(context, folder)));
  add(backbone, "verify", "read everything and name what is damaged")
    .addHelpText("after", example("vibewriter backbone verify"))
    .action(async () => done(await backboneVerify(context)));
}
