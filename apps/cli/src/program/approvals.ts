import type { Command } from "commander";
import {
  approvalsApprove,
  approvalsEdit,
  approvalsList,
  approvalsReject,
  approvalsShow,
} from "../commands/approvals.js";
import type { Context } from "../context.js";
import { assignment, idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter approvals ...`; each action hands its exit code to `done`. */
export function addApprovalsCommands(program: Command, context: Context, done: (code: number) => void): void {
  const approvals = program.command("approvals").description("what runs ask you to allow, and your answers");
  const named = (usage: string, description: string): Command =>
    add(approvals, usage, description).argument("<approval>", "the question's id", idFrom("vibewriter approvals list"));
  add(approvals, "list", "list what runs ask, the newest first")
    .option("--all", "those that were answered, or have to be asked anew, too")
    .addHelpText("after", example("vibewriter approvals list --json"))
    .action(async (o) => done(await approvalsList(context, o)));
  named("show", "print exactly what will be done, why it is asked, and what the agent had seen")
    .addHelpText("after", example("vibewriter approvals show 3f2a9c0d1e4b5a67"))
    .action(async (id: string) => done(await approvalsShow(context, id)));
  named("approve", "allow exactly this, once; the run goes on")
    .addHelpText("after", example("vibewriter approvals approve 3f2a9c0d1e4b5a67"))
    .action(async (id: string) => done(await approvalsApprove(context, id)));
  named("reject", "do not allow it; the run goes on without")
    .option("--reason <text>", "why; the agent reads it")
    .addHelpText("after", example('vibewriter approvals reject 3f2a9c0d1e4b5a67 --reason "The title is wrong."'))
    .action(async (id: string, o) => done(await approvalsReject(context, id, o)));
  named("edit", "allow it with other arguments, once; the run goes on with exactly these")
    .requiredOption("--set <name=value>", "an argument that approvals show prints; more than once for more", assignment)
    .addHelpText("after", example('vibewriter approvals edit 3f2a9c0d1e4b5a67 --set context="For its figures."'))
    .action(async (id: string, o) => done(await approvalsEdit(context, id, o)));
}
