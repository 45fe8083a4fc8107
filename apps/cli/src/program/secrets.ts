import type { Command } from "commander";
import { secretsList, secretsRemove, secretsRotate, secretsSet } from "../commands/secrets.js";
import type { Context } from "../context.js";
import { idFrom, newName } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter secrets ...`; each action hands its exit code to `done`. */
export function addSecretsCommands(program: Command, context: Context, done: (code: number) => void): void {
  const name = idFrom("vibewriter secrets list");
  const secrets = program
    .command("secrets")
    .description("keys and credentials by name, for settings and variables that say secret://NAME");
  add(secrets, "list", "list their names; nothing shows what they are")
    .addHelpText("after", example("vibewriter secrets list"))
    .action(async () => done(await secretsList(context)));
  add(secrets, "set", "keep a new one, encrypted; its value comes from standard input, or you are asked for it")
    .argument("<name>", "its name", newName)
    .addHelpText(
      "after",
      example(
        "vibewriter secrets set anthropic < key.txt",
        "ANTHROPIC_API_KEY=secret://anthropic vibewriter research ...",
      ),
    )
    .action(async (which: string) => done(await secretsSet(context, which)));
  add(secrets, "rotate", "give one another value, from its next use on")
    .argument("<secret>", "its name", name)
    .addHelpText("after", example("vibewriter secrets rotate anthropic < new-key.txt"))
    .action(async (which: string) => done(await secretsRotate(context, which)));
  add(secrets, "remove", "forget one")
    .argument("<secret>", "its name", name)
    .addHelpText("after", example("vibewriter secrets remove anthropic"))
    .action(async (which: string) => done(await secretsRemove(context, which)));
}
