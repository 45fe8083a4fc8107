import type { Command } from "commander";
import { notifyStatus, notifyTest } from "../commands/notify.js";
import type { Context } from "../context.js";
import { add, example } from "./command.js";

/** `vibewriter notify ...`; each action hands its exit code to `done`. */
export function addNotifyCommands(program: Command, context: Context, done: (code: number) => void): void {
  const notify = program
    .command("notify")
    .description("who is told when a run finishes, fails or waits; set up under notify in the home's config.json");
  add(notify, "status", "say what is set up, and what was not delivered yet")
    .addHelpText("after", example("vibewriter notify status"))
    .action(async () => done(await notifyStatus(context)));
  add(notify, "test [channel]", "send a test: bell, desktop, webhook, email, or all that are set up")
    .addHelpText("after", example("vibewriter notify test webhook"))
    .action(async (channel: string | undefined) => done(await notifyTest(context, channel)));
}
