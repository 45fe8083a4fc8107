import type { Command } from "commander";
import { dataErase, dataExport } from "../commands/data.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter data ...`; each action hands its exit code to `done`. */
export function addDataCommands(program: Command, context: Context, done: (code: number) => void): void {
  const agentId = idFrom("vibewriter runs");
  const data = program.command("data").description("all that a home keeps of an agent");
  add(data, "export", "write all of it into a new folder: runs, files, memory, records, audit")
    .argument("<agent>", "its id, such as main", agentId)
    .requiredOption("-o, --out <folder>", "the folder")
    .addHelpText("after", example("vibewriter data export main -o main-data"))
    .action(async (agent: string, o: { out: string }) => done(await dataExport(context, agent, o)));
  add(data, "erase", "delete all of it for ever; its audit stays as a chain that nobody can read")
    .argument("<agent>", "its id, such as main", agentId)
    .option("--yes", "without asking")
    .addHelpText("after", example("vibewriter data erase main"))
    .action(async (agent: string, o: { yes?: boolean }) => done(await dataErase(context, agent, o)));
}
