import type { Command } from "commander";
import {
  memoryDecide,
  memoryEdit,
  memoryHistory,
  memoryList,
  memoryProposed,
  memoryRemove,
  memoryRestore,
  memorySearch,
  memorySet,
  memoryShow,
} from "../commands/memory.js";
import type { Context } from "../context.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter memory ...`; each action hands its exit code to `done`. */
export function addMemoryCommands(program: Command, context: Context, done: (code: number) => void): void {
  const memory = program
    .command("memory")
    .description("what agents remember: shown, written, taken back, and searched");
  const command = (usage: string, description: string): Command =>
    add(memory, usage, description).option(
      "--agent <id>",
      "whose memory; default: main",
      idFrom("vibewriter runs --json"),
      "main",
    );
  const path = ["<memory>", "its path, such as facts/team.md"] as const;
  command("list", "list what an agent remembers, with who wrote it")
    .addHelpText("after", example("vibewriter memory list --json"))
    .action(async (o) => done(await memoryList(context, o)));
  command("show", "print an entry, or a version of it")
    .argument("<memory>", "its path, or PATH@VERSION")
    .addHelpText("after", example("vibewriter memory show AGENTS.md", "vibewriter memory show facts/team.md@412"))
    .action(async (name: string, o) => done(await memoryShow(context, name, o)));
  command("set", "have an agent remember something")
    .argument(...path)
    .argument("[text]", "what it says")
    .option("--from <file>", "a file that says it, or - for standard input")
    .addHelpText(
      "after",
      example(
        'vibewriter memory set preferences/tables.md "I like short tables."',
        "vibewriter memory set style/guide.md --from guide.md",
      ),
    )
    .action(async (name: string, text: string | undefined, o) => done(await memorySet(context, name, text, o)));
  command("edit", "change an entry in your editor ($VISUAL or $EDITOR)")
    .argument(...path)
    .addHelpText("after", example("vibewriter memory edit AGENTS.md"))
    .action(async (name: string, o) => done(await memoryEdit(context, name, o)));
  command("rm", "have an agent forget an entry; its versions stay")
    .argument(...path)
    .addHelpText("after", example("vibewriter memory rm facts/team.md"))
    .action(async (name: string, o) => done(await memoryRemove(context, name, o)));
  command("history", "list the versions of an entry, the newest first")
    .argument(...path)
    .addHelpText("after", example("vibewriter memory history AGENTS.md"))
    .action(async (name: string, o) => done(await memoryHistory(context, name, o)));
  command("restore", "make an earlier version the newest one")
    .argument(...path)
    .argument("<version>", "its number, as history has it", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addHelpText("after", example("vibewriter memory restore AGENTS.md 412"))
    .action(async (name: string, version: number, o) => done(await memoryRestore(context, name, version, o)));
  command("search", "find what an agent remembers by its words")
    .argument("<query>", "what to look for")
    .option("--limit <n>", "entries at most", wholeNumber(1, 50), 10)
    .addHelpText("after", example('vibewriter memory search "which tables do I like"'))
    .action(async (query: string, o) => done(await memorySearch(context, query, o)));
  command("proposed", "show what programs left in an agent's memory, and waits for you")
    .addHelpText("after", example("vibewriter memory proposed"))
    .action(async (o) => done(await memoryProposed(context, o)));
  const proposal = ["<proposal>", "its id", idFrom("vibewriter memory proposed")] as const;
  command("accept", "have an agent remember what is proposed")
    .argument(...proposal)
    .addHelpText("after", example("vibewriter memory accept 1f0c9a3b5d7e"))
    .action(async (id: string, o) => done(await memoryDecide(context, id, { ...o, decision: "accept" })));
  command("drop", "drop what is proposed")
    .argument(...proposal)
    .addHelpText("after", example("vibewriter memory drop 1f0c9a3b5d7e"))
    .action(async (id: string, o) => done(await memoryDecide(context, id, { ...o, decision: "drop" })));
}
