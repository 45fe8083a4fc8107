import type { Command } from "commander";
import { filesCat, filesCopy, filesHistory, filesList } from "../commands/files.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

const AGENT = ["--agent <id>", "whose files; default: main"] as const;

/** `vibewriter files ...`; each action hands its exit code to `done`. */
export function addFilesCommands(program: Command, context: Context, done: (code: number) => void): void {
  const agent = idFrom("vibewriter runs --json");
  const files = program
    .command("files")
    .description("what agents keep: artifacts, skills, and the files of their runs");
  add(files, "ls", "list the files of an agent")
    .argument("[prefix]", "how their paths begin, such as artifacts/", "")
    .option(...AGENT, agent, "main")
    .option("--names", "print nothing but the paths")
    .addHelpText("after", example("vibewriter files ls", "vibewriter files ls artifacts/ --json"))
    .action(async (prefix: string, o: { agent: string; names?: boolean }) =>
      done(await filesList(context, { ...o, prefix })),
    );
  add(files, "cat", "print a file, or a version of it")
    .argument("<kept-file>", "its path, or PATH@VERSION")
    .option(...AGENT, agent, "main")
    .addHelpText(
      "after",
      example("vibewriter files cat artifacts/report.md", "vibewriter files cat artifacts/report.md@412"),
    )
    .action(async (name: string, o: { agent: string }) => done(await filesCat(context, o.agent, name)));
  add(files, "cp", "copy a file or a folder into an agent's files or out of them")
    .argument("<source>", "a path of this machine, or AGENT:PATH, or AGENT:PATH@VERSION")
    .argument("<target>", "AGENT:PATH, or a path; into the folder that is there or ends with /, else to that very path")
    .addHelpText(
      "after",
      example("vibewriter files cp figures main:artifacts/", "vibewriter files cp main:artifacts/report.md@412 old.md"),
    )
    .action(async (from: string, to: string) => done(await filesCopy(context, from, to)));
  add(files, "history", "list the versions of a file, the newest first")
    .argument("<kept-file>", "its path")
    .option(...AGENT, agent, "main")
    .addHelpText("after", example("vibewriter files history artifacts/report.md"))
    .action(async (path: string, o: { agent: string }) => done(await filesHistory(context, o.agent, path)));
}
